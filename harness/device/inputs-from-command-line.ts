import { z } from 'zod';
import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { writeInputs } from './write-inputs.ts';

const path = z.string().min(1);

const inputsFlagsSchema = z.strictObject({
  ...runConfigSchema.pick({ weights: true, size: true, legacy: true }).shape,
  ...{ images: path, count: z.number().int().min(1).optional(), out: path },
});

/** `mlu-parity agent inputs`: the folder, and what was written on stdout. */
export async function inputsFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...given } = flags;
  const options = checkValue(inputsFlagsSchema, given, COMMAND_LINE);
  const { signal, release } = interruptSignal();
  try {
    const progress = quiet ? silentProgress : terminalProgress();
    const written = await writeInputs(options, { progress, signal });
    const { folder, size, files } = written;
    process.stdout.write(
      json
        ? `${JSON.stringify(written, null, 1)}\n`
        : `${files.length} inputs of ${size.join('x')} in ${folder}\n`,
    );
    return EXIT.pass;
  } finally {
    release();
  }
}

import { EXIT, type ExitCode } from '../errors.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { type WriteInputsOptions, writeInputs } from './write-inputs.ts';

export interface InputsFlags extends Omit<WriteInputsOptions, 'legacy'> {
  readonly legacy?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mlu-parity agent inputs`: the folder, and what was written on stdout. */
export async function inputsFromCommandLine({
  json,
  quiet,
  legacy,
  ...options
}: InputsFlags): Promise<ExitCode> {
  const { signal, release } = interruptSignal();
  try {
    const progress = quiet ? silentProgress : terminalProgress();
    const written = await writeInputs({ ...options, legacy: legacy ?? false }, { progress, signal });
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

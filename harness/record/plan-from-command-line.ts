import { formatBytes } from '../../datasets/fetch/format-bytes.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import { resolvePlanOptions } from './plan-options.ts';
import { recordCommands } from './record-commands.ts';
import { writePlan } from './write-plan.ts';

/** `mlu-parity record plan`: the folder on stdout, or with `--json` what is in it; what to run next on stderr. */
export async function planFromCommandLine(flags: Record<string, unknown>): Promise<ExitCode> {
  const { json, quiet, ...given } = flags;
  const options = resolvePlanOptions(given);
  const { signal, release } = interruptSignal();
  try {
    const progress = quiet ? silentProgress : terminalProgress();
    const { plan, folder, files, bytes } = await writePlan(options, { progress, signal });
    process.stdout.write(
      json ? `${JSON.stringify({ folder, files, bytes, plan }, null, 1)}\n` : `${folder}\n`,
    );
    if (!quiet) {
      process.stderr.write(
        `${plan.images.length} images, ${files} files, ${formatBytes(bytes)}\n` +
          `next, beside a copy of it on the host of the card: ${recordCommands(folder, plan).record}\n`,
      );
    }
    return EXIT.pass;
  } finally {
    release();
  }
}

import { writeFileAtomically } from '../../datasets/write-file-atomically.ts';
import { type ExitCode, exitCodeOf, messageOf } from '../errors.ts';

/**
 * Writes to `--out` what stands on stdout already, where nothing could go wrong: a disk that is full by now must not cost the
 * measurement, nor put a second document behind the first.
 * @param exitCode of the measurement.
 * @returns that, or the one of the failure, which is told on stderr.
 */
export async function writePrinted(out: string, text: string, exitCode: ExitCode): Promise<ExitCode> {
  try {
    await writeFileAtomically(out, text);
    return exitCode;
  } catch (error) {
    process.stderr.write(`mlu-parity: cannot write --out ${out}, only stdout has it: ${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
}

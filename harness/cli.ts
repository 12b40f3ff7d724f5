#!/usr/bin/env node
import { EXIT } from './errors.ts';
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes the pipe: what is printed from then on is for nobody, and no defect. The
// command still does what else it was asked to, since files that are half written would look like a finished job.
// Nor is a terminal that is gone a defect of what runs in it.
const isNobody = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'EIO';

// A disk that is full is one: what was to be printed is lost, and who waits for it must not take the exit code for a verdict.
let isIncomplete = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (isNobody(error) || isIncomplete) return;
  isIncomplete = true;
  process.exitCode = EXIT.badData;
  process.stderr.write(
    `mlu-parity: cannot write to stdout (${error.code ?? error.message}): what was printed is incomplete; make room where it goes\n`,
  );
});
// Of stderr there is nowhere to tell.
process.stderr.on('error', () => undefined);

const exitCode = await runCli(process.argv.slice(2));
process.exitCode ??= exitCode;

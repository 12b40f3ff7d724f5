#!/usr/bin/env node
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes the pipe: what is printed from then on is for nobody, and no defect. The
// command still does what else it was asked to, since files that are half written would look like a finished job.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2));

#!/usr/bin/env node
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes the pipe: what is printed from then on is for nobody, and no defect. The
// command still does what else it was asked to, since files that are half written would look like a finished job.
// Nor is a terminal that is gone a defect of what runs in it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2));

#!/usr/bin/env node
import { runCli } from './run-cli.ts';

// A reader that has seen enough (`| head`) closes the pipe: what follows is for nobody, and no defect.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

process.exitCode = await runCli(process.argv.slice(2));

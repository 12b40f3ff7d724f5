import { stripVTControlCharacters } from 'node:util';
import { vi } from 'vitest';
import { runCli } from '../../harness/run-cli.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process and keeps what it wrote, without the colours that some environments turn on. */
export async function captureCli(...args: string[]): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      return true;
    }),
  );
  try {
    const exitCode = await runCli(args);
    return {
      exitCode,
      stdout: stripVTControlCharacters(written.stdout),
      stderr: stripVTControlCharacters(written.stderr),
    };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

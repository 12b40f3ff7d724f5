import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';

/** One file a command, so that a new one is held to the same. */
const COMMANDS = readdirSync(new URL('../../../harness/commands', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''));

describe('--help', () => {
  test.each(COMMANDS)('%s: exit 0, on stdout, with an example of that command', async (command) => {
    const { exitCode, stdout, stderr } = await captureCli(command, '--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: mlu-parity ${command} `));
    expect(stdout).toMatch(new RegExp(`\\nExample:\\n {2}mlu-parity ${command}\\b`));
    expect(stdout).toContain('--json');
  });

  test('the program lists its commands', async () => {
    expect(COMMANDS).toEqual(expect.arrayContaining(['convert', 'detect', 'eval', 'run']));
    const { exitCode, stdout } = await captureCli('--help');
    expect(exitCode).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`\\n {2}${command} `));
  });
});

describe('exit code 2 for a command line that has no meaning', () => {
  test.each([
    ['an unknown command', ['simulate'], "unknown command 'simulate'"],
    ['a missing argument', ['eval', 'gt.json'], "missing required argument 'results'"],
    ['a missing option', ['detect', 'dog.jpg'], "required option '--weights <file>'"],
    ['an unknown choice', ['run', '--engine', 'torch'], 'Allowed choices are onnxruntime, tfjs'],
    ['an unknown option', ['convert', 'a', 'b', '--int4'], "unknown option '--int4'"],
  ])('%s: a sentence on stderr, and with --json one document on stdout', async (_, args, sentence) => {
    const plain = await captureCli(...args);
    expect(plain).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(sentence) });
    const { exitCode, stdout } = await captureCli(...args, '--json');
    const { error } = JSON.parse(stdout) as { error: { exitCode: number; message: string } };
    expect([exitCode, error.exitCode]).toEqual([2, 2]);
    expect(error.message).toContain(sentence);
  });
});

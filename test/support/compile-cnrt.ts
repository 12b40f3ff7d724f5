import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../stand-in/cnrt', import.meta.url));

/** A C compiler; null where there is none. In CI its absence is an error, so that nothing passes in silence. */
export const compiler: string | null = (() => {
  const found = [process.env.CC, 'cc', 'gcc', 'clang'].find(
    (command) => command && spawnSync(command, ['--version']).status === 0,
  );
  if (!found && process.env.CI) throw new Error('CI needs a C compiler (gcc)');
  return found ?? null;
})();

/**
 * Which of the calls that a version of CNRT has one way or the other: `context` has those of a runtime context and can
 * fork one; `plain` has cnrtCreateQueue, cnrtCreateNotifier and cnrtInvokeRuntimeContext_V2 alone.
 */
export type CnrtVariant = 'context' | 'plain';

const compiled = new Map<CnrtVariant, string>();

/** The path of the stand-in libcnrt, compiled once for each file of tests into a folder of its own. */
export function compileCnrt(variant: CnrtVariant = 'context'): string {
  const known = compiled.get(variant);
  if (known) return known;
  if (!compiler) throw new Error('there is no C compiler');
  const folder = mkdtempSync(join(tmpdir(), 'mlu-parity-cnrt-'));
  const library = join(folder, 'libcnrt.so');
  const sources = readdirSync(SOURCES).filter((file) => file.endsWith('.c'));
  // No contraction to fused multiply-adds: tests compute the same float32 numbers.
  const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-fvisibility=hidden', '-ffp-contract=off'];
  const { status, stderr } = spawnSync(
    compiler,
    [
      ...flags,
      ...(variant === 'plain' ? ['-DWITHOUT_CONTEXT_CALLS'] : []),
      ...['-pthread', '-o', library, ...sources.map((file) => join(SOURCES, file)), '-lm', '-ldl'],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`cannot compile the stand-in libcnrt: ${stderr}`);
  copyFileSync(join(SOURCES, 'run_model.py'), join(folder, 'run_model.py'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  compiled.set(variant, library);
  return library;
}

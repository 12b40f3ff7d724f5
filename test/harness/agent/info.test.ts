import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCnrtTrace } from '../../support/cnrt-trace.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';

const STAND_INS = fileURLToPath(new URL('../../stand-in/python', import.meta.url));

describe.skipIf(!python || !compiler)('what a container has', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-info-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function ask(environment: Record<string, string | undefined>, args: string[] = []) {
    const { exitCode, stdout } = await spawnAgent(['info', '--json', ...args], environment).result;
    expect(exitCode).toBe(0);
    return JSON.parse(stdout);
  }

  /** A folder of modules that stand before the real ones. */
  function modules(name: string, files: Record<string, string>): string {
    const path = join(folder, name);
    mkdirSync(path);
    for (const [file, code] of Object.entries(files)) writeFileSync(join(path, `${file}.py`), code);
    return path;
  }

  test('with all libraries: versions, cards, and that they are stand-ins', async () => {
    const trace = join(folder, 'all.trace');
    const found = await ask({
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_DEVICES: '2',
      MLU_STAND_IN_TRACE: trace,
      PYTHONPATH: STAND_INS,
    });
    expect(found.reasons).toEqual({});
    expect(found.python.version).toMatch(/^3\.\d+\.\d+/);
    expect(found.numpy.version).toMatch(/^\d+\.\d+/);
    expect(found.torch.version).toMatch(/^\d+\.\d+/);
    expect(found.torchMlu.standIn).toEqual(expect.any(String));
    const card = { name: 'MLU270 (stand-in)', coreVersion: 'MLU270', cores: 16 };
    expect(found.cnrt).toMatchObject({
      path: compileCnrt(),
      version: '4.3.0',
      deviceCount: 2,
      cards: [card, card],
    });
    expect(found.cnrt.standIn).toContain('none of the vendor');
    expect(readCnrtTrace(trace)).toMatchObject({ misuses: [], leaks: [] });
  });

  test('with none of them each is null and has its reason', async () => {
    const absent = 'raise ImportError("taken away for a test")';
    const path = modules('none', { numpy: absent, torch: absent, torch_mlu: absent });
    const found = await ask({ CNRT_LIBRARY: join(folder, 'libcnrt.so'), PYTHONPATH: path });
    expect(found).toMatchObject({ numpy: null, torch: null, torchMlu: null, cnrt: null });
    for (const name of ['numpy', 'torch', 'torchMlu'])
      expect(found.reasons[name]).toBe('ImportError: taken away for a test');
    expect(found.reasons.cnrt).toContain('set CNRT_LIBRARY to the path of libcnrt.so');
  });

  test('a library that does not tell its version or its cards', async () => {
    const { cnrt } = await ask({ CNRT_LIBRARY: compileCnrt('plain') });
    expect(cnrt).toMatchObject({ version: null, deviceCount: 1, cards: [null] });
  });

  test('a library of another kind is no libcnrt, and its missing calls are named', async () => {
    const { stdout } = await runAgentCode(
      'import _ctypes; print(_ctypes.__file__ if hasattr(_ctypes, "__file__") else "")',
    );
    const { cnrt, reasons } = await ask({ CNRT_LIBRARY: stdout.trim() || 'libc.so.6' });
    expect(cnrt).toBeNull();
    expect(reasons.cnrt).toContain('it has no cnrtCreateFunction, cnrtCreateRuntimeContext');
    expect(reasons.cnrt).toContain('cnrtInvokeRuntimeContext or cnrtInvokeRuntimeContext_V2');
  });

  test('a card that refuses leaves the library known, with the reason', async () => {
    const { cnrt } = await ask({ CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_FAULT: 'cnrtInit:1:632009' });
    expect(cnrt).toMatchObject({ version: '4.3.0', deviceCount: null, cards: null });
    expect(cnrt.reason).toContain('cnrtInit failed with 632009 (CNRT_RET_ERR_NODEV)');
  });

  test('what hangs, crashes, prints or leaves early takes nothing else with it', async () => {
    const path = modules('bad', {
      torch: 'print("a banner of a library")\n__version__ = "1.3.0a0"\ndef get_num_threads(): return 3',
      torch_mlu: 'import os\nos.abort()',
      numpy: 'import sys\nsys.exit(7)',
    });
    const begun = performance.now();
    const environment = {
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_FAULT: 'cnrtInit:1:hang',
      PYTHONPATH: path,
    };
    const found = await ask(environment, ['--timeout', '3']);
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(found).toMatchObject({
      torch: { version: '1.3.0a0', threads: 3 },
      torchMlu: null,
      numpy: null,
      cnrt: null,
    });
    expect(found.reasons).toMatchObject({
      torchMlu: expect.stringContaining('ended with -6'),
      numpy: 'SystemExit: 7',
      cnrt: expect.stringContaining('did not answer in time'),
    });
  });

  test('what is asked ends with who asks, whatever it hangs in', async () => {
    const own = join(folder, 'asked');
    const path = modules('held', {
      // A call of PyDLL holds Python's lock.
      numpy: `import ctypes, os\nwith open(${JSON.stringify(`${own}.part`)}, "w") as file:\n    file.write(str(os.getpid()))\nos.rename(${JSON.stringify(`${own}.part`)}, ${JSON.stringify(own)})\nctypes.PyDLL(None).sleep(600)`,
    });
    const { child, result } = spawnAgent(['info'], { PYTHONPATH: path });
    const until = async (condition: () => boolean): Promise<void> => {
      for (let tries = 0; !condition() && tries < 2000; tries++) await pause(10);
      expect(condition()).toBe(true);
    };
    await until(() => existsSync(own));
    const asked = readFileSync(own, 'utf8');
    expect(isRunning(asked)).toBe(true);
    child.kill('SIGKILL');
    expect((await result).signal).toBe('SIGKILL');
    await until(() => !isRunning(asked));
  });

  test('the same for people', async () => {
    const { exitCode, stdout } = await spawnAgent(['info'], { CNRT_LIBRARY: compileCnrt() }).result;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^agent {5}0\.1\.0\npython {4}3/);
    expect(stdout).toMatch(/^libcnrt {3}4\.3\.0; .*; a stand-in for libcnrt/m);
    expect(stdout).toMatch(/^card 0 {4}MLU270 \(stand-in\)$/m);
  });
});

/** A process that has ended may stay in the list until somebody asks how. */
function isRunning(id: string): boolean {
  const status = `/proc/${id}/status`;
  return existsSync(status) && !/^State:\s+[ZX]/m.test(readFileSync(status, 'utf8'));
}

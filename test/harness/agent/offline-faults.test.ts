import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dump } from 'npyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCnrtTrace } from '../../support/cnrt-trace.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';
import { writeStandInModel } from '../../support/stand-in-model.ts';

describe.skipIf(!python || !compiler)('an offline model where the card fails (stand-in)', () => {
  let folder: string;
  let model: string;
  let inputs: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-faults-'));
    model = writeStandInModel(join(folder, 'model.cambricon'));
    inputs = join(folder, 'inputs.npy');
    writeFileSync(inputs, new Uint8Array(dump(new Float32Array(3 * 3 * 64 * 64).fill(9), [3, 3, 64, 64])));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let number = 0;
  function start(fault: string, args: readonly string[] = [], variant: 'context' | 'plain' = 'context') {
    const own = join(folder, `run-${number++}`);
    const agent = spawnAgent(
      ['offline', '--model', model, '--images', inputs, '--out', `${own}-out`, '--json', ...args],
      { CNRT_LIBRARY: compileCnrt(variant), MLU_STAND_IN_TRACE: `${own}.trace`, MLU_STAND_IN_FAULT: fault },
    );
    return { ...agent, out: `${own}-out`, trace: () => readCnrtTrace(`${own}.trace`) };
  }

  /** Each call, which of its calls fails, the error, and what is then left over: nothing but what could not be freed. */
  const FAULTS: readonly [string, number, number, string, string[]?][] = [
    ['cnrtInit', 1, 1, 'CNRT_RET_WARNING_FAKE_DEVICE'],
    ['cnrtInit', 1, 632009, 'CNRT_RET_ERR_NODEV'],
    ['cnrtGetDeviceCount', 1, 632011, 'CNRT_RET_ERR_SYS'],
    ['cnrtGetDeviceHandle', 1, 632009, 'CNRT_RET_ERR_NODEV'],
    ['cnrtSetCurrentDevice', 1, 632012, 'CNRT_RET_ERR_ACCES'],
    ['cnrtSetCurrentDevice', 2, 632014, 'CNRT_RET_ERR_BUSY'],
    ['cnrtLoadModel', 1, 632008, 'CNRT_RET_ERR_NOMEM'],
    ['cnrtQueryModelParallelism', 1, 632007, 'CNRT_RET_ERR_INVALID'],
    ['cnrtCreateFunction', 1, 632008, 'CNRT_RET_ERR_NOMEM'],
    ['cnrtExtractFunction', 1, 632022, 'CNRT_RET_ERR_NO_EXIST'],
    ['cnrtCreateRuntimeContext', 1, 632019, 'CNRT_RET_ERR_NORES'],
    ['cnrtSetRuntimeContextDeviceId', 1, 632026, 'CNRT_RET_ERR_OUT_RANGE'],
    ['cnrtInitRuntimeContext', 1, 632008, 'CNRT_RET_ERR_NOMEM'],
    ['cnrtRuntimeContextCreateQueue', 2, 632025, 'CNRT_RET_ERR_QUEUE'],
    ['cnrtGetInputDataSize', 1, 632030, 'CNRT_RET_ERR_INVALID_TYPE'],
    ['cnrtGetInputDataType', 1, 632030, 'CNRT_RET_ERR_INVALID_TYPE'],
    ['cnrtGetInputDataShape', 1, 632035, 'CNRT_RET_ERR_RESHAPE'],
    ['cnrtGetOutputDataSize', 1, 632030, 'CNRT_RET_ERR_INVALID_TYPE'],
    ['cnrtGetOutputDataType', 1, 632030, 'CNRT_RET_ERR_INVALID_TYPE'],
    ['cnrtGetOutputDataShape', 1, 632035, 'CNRT_RET_ERR_RESHAPE'],
    ['cnrtMalloc', 1, 632008, 'CNRT_RET_ERR_NOMEM'],
    ['cnrtMalloc', 4, 632008, 'CNRT_RET_ERR_NOMEM'],
    ['cnrtRuntimeContextCreateNotifier', 3, 632034, 'CNRT_RET_ERR_NOTIFIER'],
    ['cnrtMemcpy', 1, 632036, 'CNRT_RET_ERR_MEMCPY'],
    ['cnrtMemcpy', 2, 632036, 'CNRT_RET_ERR_MEMCPY'],
    ['cnrtPlaceNotifier', 1, 632034, 'CNRT_RET_ERR_NOTIFIER'],
    // The invocation is under way by then: nothing may be freed before it has ended.
    ['cnrtPlaceNotifier', 2, 632034, 'CNRT_RET_ERR_NOTIFIER'],
    ['cnrtInvokeRuntimeContext', 3, 632014, 'CNRT_RET_ERR_BUSY'],
    ['cnrtInvokeRuntimeContext', 5, 632032, 'CNRT_RET_ERR_MLU'],
    ['cnrtSyncQueue', 2, 632033, 'CNRT_RET_ERR_ONCHIP_CORE'],
    ['cnrtNotifierDuration', 1, 632006, 'CNRT_RET_ERR_NOT_READY'],
    ['cnrtSyncQueue', 1, 4711, 'not a code of cnrt.h 4.7'],
    ['cnrtDestroyNotifier', 1, 632034, 'CNRT_RET_ERR_NOTIFIER', ['notifier 1']],
    ['cnrtFree', 2, 632013, 'CNRT_RET_ERR_FAULT', ['memory 1']],
    ['cnrtDestroyQueue', 1, 632025, 'CNRT_RET_ERR_QUEUE', ['queue 1']],
    // What lives in what cannot be destroyed has to stay too.
    ['cnrtDestroyRuntimeContext', 1, 632007, 'CNRT_RET_ERR_INVALID', ['model 1', 'function 1', 'context 1']],
    ['cnrtDestroyFunction', 1, 632007, 'CNRT_RET_ERR_INVALID', ['model 1', 'function 1']],
    ['cnrtUnloadModel', 1, 632007, 'CNRT_RET_ERR_INVALID', ['model 1']],
  ];

  test.each(FAULTS)(
    '%s failing at its call %i with %i is named, and all the rest given back',
    async (call, nth, code, name, left = []) => {
      const agent = start(`${call}:${nth}:${code}`, ['--contexts', '2', '--requests', '2']);
      const { exitCode, stdout, stderr } = await agent.result;
      expect([exitCode, stdout]).toEqual([5, '']);
      expect(stderr).toMatch(new RegExp(`^agent: ${call} failed with ${code} \\(${name}\\): .+$`, 'm'));
      const { leaks, misuses, calls } = agent.trace();
      expect(leaks).toEqual(left);
      // The stand-in's own refusals of what has to stay are no defect of the agent's.
      if (left.length < 2) expect(misuses).toEqual([]);
      // Where cnrtInit failed there is nothing to destroy.
      expect(calls.at(-1)?.name).toBe(call === 'cnrtInit' ? 'cnrtInit' : 'cnrtDestroy');
    },
  );

  test.each([
    ['cnrtInvokeRuntimeContext_V2', 2],
    ['cnrtCreateQueue', 1],
    ['cnrtCreateNotifier', 2],
  ])('%s of a library without calls of contexts, too', async (call, nth) => {
    const agent = start(`${call}:${nth}:632014`, [], 'plain');
    const { exitCode, stderr } = await agent.result;
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`${call} failed with 632014 (CNRT_RET_ERR_BUSY)`);
    expect(agent.trace()).toMatchObject({ leaks: [], misuses: [] });
  });

  test.each([
    ['SIGINT', 'cnrtSyncQueue:2:hang'],
    ['SIGTERM', 'cnrtSyncQueue:5:hang'],
    ['SIGHUP', 'cnrtLoadModel:1:hang'],
    ['SIGINT', 'cnrtInit:1:hang'],
    ['SIGTERM', 'cnrtFree:1:hang'],
  ] as const)('%s ends it in %s, with 130', async (signal, fault) => {
    const agent = start(fault, ['--contexts', '2', '--requests', '2']);
    await waitFor(() => agent.trace().faults.includes(fault));
    const begun = performance.now();
    agent.child.kill(signal);
    const { exitCode, stderr } = await agent.result;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('agent: interrupted while the card did not answer');
    // Nothing is taken away under the thread that hangs.
    expect(agent.trace().calls.map((call) => call.name)).not.toContain('cnrtDestroy');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('a measurement that hangs leaves its session unclosed, and says so', async () => {
    const trace = join(folder, 'stuck.trace');
    const code = `
import signal, numpy
from mlu_agent.errors import DeviceError
from mlu_agent.sessions import open_session
def interrupt(*_): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
session = open_session("offline", model=${JSON.stringify(model)}, contexts=2)
signal.alarm(1)
try: session.measure(numpy.zeros((1, 3, 64, 64), numpy.float32), 1000000000, 600, 2)
except KeyboardInterrupt: print("interrupted")
try: session.close()
except DeviceError as error: print(error)
`;
    const { stdout } = await runAgentCode(code, [], {
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_FAULT: 'cnrtSyncQueue:9:hang',
      MLU_STAND_IN_TRACE: trace,
    });
    expect(stdout).toMatch(/^interrupted\nthe card does not answer: end this process/);
    const names = readCnrtTrace(trace).calls.map((call) => call.name);
    expect(names).not.toContain('cnrtFree');
    expect(names).not.toContain('cnrtDestroy');
  });

  test('a failure in one context ends the measurement of all', async () => {
    const args = ['--contexts', '2', '--requests', '1000000000', '--seconds', '600'];
    const agent = start('cnrtSyncQueue:100:632032', args);
    const { exitCode, stderr } = await agent.result;
    expect(exitCode).toBe(5);
    expect(stderr).toContain('cnrtSyncQueue failed with 632032 (CNRT_RET_ERR_MLU)');
    expect(agent.trace()).toMatchObject({ leaks: [], misuses: [] });
  });

  test('SIGINT between inferences gives all back', async () => {
    const agent = start('none', ['--contexts', '2', '--requests', '100000000']);
    await waitFor(() => agent.trace().calls.length > 200);
    agent.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await agent.result;
    expect([exitCode, stdout]).toEqual([130, '']);
    expect(stderr).toContain('agent: interrupted\n');
    expect(agent.trace()).toMatchObject({ leaks: [], misuses: [] });
    expect(agent.trace().calls.at(-1)!.name).toBe('cnrtDestroy');
  });

  test('outputs that are not finite are kept as they are, and counted', async () => {
    const agent = start('cnrtInvokeRuntimeContext:2:nan');
    const { exitCode, stdout, stderr } = await agent.result;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).outputs.map((output: { notFinite: number }) => output.notFinite)).toEqual([
      0,
      84 * 7,
      0,
    ]);
    expect(stderr).toContain('warning: 588 of 588 values of inputs_1 are not finite');
    expect(readNpy(join(agent.out, 'inputs_1.npy')).data.every(Number.isNaN)).toBe(true);
  });

  test('an output that differs from the others is told', async () => {
    const args = ['--contexts', '2', '--requests', '3'];
    const agent = start('cnrtInvokeRuntimeContext:6:garbage', args);
    const { exitCode, stdout, stderr } = await agent.result;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).measured.sameOutputs).toBe(false);
    expect(stderr).toContain('warning: the same input did not always give the same output');
  });

  test('a library that crashes ends the process by its signal', async () => {
    const { exitCode, signal } = await start('cnrtSyncQueue:1:crash').result;
    expect([exitCode, signal]).toEqual([null, 'SIGSEGV']);
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 2000) throw new Error('waited in vain');
    await pause(10);
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCnrtTrace } from '../../support/cnrt-trace.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { python } from '../../support/python.ts';
import { randomPixels } from '../../support/random-graph.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { type StandInModel, writeStandInModel } from '../../support/stand-in-model.ts';
import { writeInput } from '../../support/write-input.ts';
import { runOffline } from './support/run-offline.ts';

describe.skipIf(!python || !compiler)('sessions and contexts of an offline model (stand-in)', () => {
  let folder: string;
  let inputs: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-sessions-'));
    inputs = join(folder, 'inputs.npy');
    await writeInput(inputs, randomPixels([2, 3, 64, 64], 5));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (model: StandInModel, args?: string[], environment?: Record<string, string>) =>
    runOffline(folder, inputs, model, args, environment);

  test('contexts work at the same time and give the same outputs', async () => {
    const DELAY_MS = 50;
    const REQUESTS = 6;
    for (const contexts of [1, 2, 4]) {
      const { exitCode, stdout, stderr, out, trace } = await run(
        {},
        ['--contexts', String(contexts), '--requests', String(REQUESTS)],
        { MLU_STAND_IN_DELAY_US: String(1000 * DELAY_MS) },
      );
      expect(exitCode).toBe(0);
      const { measured } = JSON.parse(stdout);
      expect(measured.sameOutputs).toBe(true);
      expect(measured.hostMs).toHaveLength(contexts);
      expect(measured.deviceMs.flat()).toHaveLength(contexts * REQUESTS);
      for (const [i, times] of measured.hostMs.entries())
        for (const [j, hostMs] of times.entries()) {
          expect(measured.deviceMs[i][j]).toBeGreaterThanOrEqual(DELAY_MS);
          expect(hostMs).toBeGreaterThan(measured.deviceMs[i][j]);
        }
      const [host, device] = [measured.hostMs, measured.deviceMs].map((times) => median(times.flat()));
      expect(stderr).toContain(
        `emulated median of ${contexts * REQUESTS} inferences: ${host} ms on the host, ${device} ms on the card; ` +
          `all of them are in ${join(out, 'times.json')}\n`,
      );
      const inTurn = DELAY_MS * REQUESTS * contexts;
      expect(measured.wallSeconds * 1000).toBeGreaterThanOrEqual(DELAY_MS * REQUESTS);
      // The machine may be busy; but it waits in all contexts at once.
      if (contexts > 1) expect(measured.wallSeconds * 1000).toBeLessThan(0.75 * inTurn);
      expect(trace).toMatchObject({ misuses: [], leaks: [] });
    }
  });

  test('each thread says which card it is for', async () => {
    const { exitCode, trace } = await run({}, ['--contexts', '2', '--requests', '2', '--device', '1'], {
      MLU_STAND_IN_DEVICES: '2',
    });
    expect(exitCode).toBe(0);
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
    const setters = trace.calls.filter((call) => call.name === 'cnrtSetCurrentDevice');
    expect(new Set(setters.map((call) => call.thread)).size).toBe(3);
    const absent = await run({}, ['--device', '1']);
    expect(absent.exitCode).toBe(2);
    expect(absent.stderr).toContain('no card 1 among the 1 here');
  });

  interface Calls {
    readonly name: string;
    readonly code: number;
  }
  const ways = (calls: readonly Calls[]): string[] =>
    calls.flatMap(({ name, code }) =>
      /^cnrt(Create|Fork)RuntimeContext$/.test(name) ? [`${name} ${code}`] : [],
    );

  test('an MLU220 forks no context: each is made by itself, and gives the same outputs', async () => {
    const args = ['--contexts', '3', '--requests', '2'];
    const { exitCode, stdout, trace } = await run({}, args, { MLU_STAND_IN_CARD: 'MLU220' });
    expect(exitCode).toBe(0);
    const { session, measured } = JSON.parse(stdout);
    expect(session).toMatchObject({
      device: 'MLU220',
      warnings: [],
      details: { contexts: 3, calls: { furtherContexts: 'cnrtCreateRuntimeContext' } },
    });
    expect(measured).toMatchObject({
      sameOutputs: true,
      hostMs: Array(3).fill([expect.anything(), expect.anything()]),
    });
    expect(ways(trace.calls)).toEqual(Array(3).fill('cnrtCreateRuntimeContext 0'));
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
  });

  test('a fork that is refused is tried once, told, and done without', async () => {
    const args = ['--contexts', '3', '--requests', '2'];
    const fault = { MLU_STAND_IN_FAULT: 'cnrtForkRuntimeContext:1:632020' };
    const { exitCode, stdout, stderr, trace } = await run({}, args, fault);
    expect(exitCode).toBe(0);
    const { session, measured } = JSON.parse(stdout);
    const warning =
      'further contexts were made one by one, since cnrtForkRuntimeContext failed with 632020 (CNRT_RET_ERR_UNSUPPORTED)';
    expect(session.warnings).toEqual([expect.stringContaining(warning)]);
    expect(stderr).toContain(`warning: ${warning}`);
    expect(session.details.calls.furtherContexts).toBe('cnrtCreateRuntimeContext');
    expect(measured).toMatchObject({ sameOutputs: true, hostMs: { length: 3 } });
    expect(ways(trace.calls)).toEqual([
      'cnrtCreateRuntimeContext 0',
      'cnrtForkRuntimeContext 632020',
      'cnrtCreateRuntimeContext 0',
      'cnrtCreateRuntimeContext 0',
    ]);
    expect(trace).toMatchObject({ misuses: [], leaks: [] });
  });

  test('the calls for one context, and for more where they are forked', async () => {
    for (const [contexts, call] of [
      [1, null],
      [2, 'cnrtForkRuntimeContext'],
    ] as const) {
      const { stdout } = await run({}, ['--contexts', String(contexts)]);
      expect(JSON.parse(stdout).session.details.calls.furtherContexts).toBe(call);
    }
  });

  test('sessions may follow one another and overlap in one process', async () => {
    const model = JSON.stringify(writeStandInModel(join(folder, 'again.cambricon')));
    const code =
      `import numpy\nfrom mlu_agent.sessions import open_session\n` +
      `zeros = numpy.zeros((1, 3, 64, 64), numpy.float32)\n` +
      `first = open_session("offline", model=${model})\nsecond = open_session("offline", model=${model}, contexts=2)\n` +
      `first.infer(zeros)\nfirst.close()\nfirst.close()\nsecond.measure(zeros, 0, 0, 2)\nsecond.close()\n` +
      `third = open_session("offline", model=${model})\nthird.infer(zeros)\nthird.close()`;
    const trace = join(folder, 'again.trace');
    const { exitCode, stderr } = await runAgentCode(code, [], {
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_TRACE: trace,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    const { calls, ...rest } = readCnrtTrace(trace);
    expect(rest).toMatchObject({ misuses: [], leaks: [] });
    const count = (name: string): number => calls.filter((call) => call.name === name).length;
    expect(['cnrtInit', 'cnrtInvokeRuntimeContext', 'cnrtUnloadModel', 'cnrtDestroy'].map(count)).toEqual([
      1, 4, 3, 1,
    ]);
  });

  test('the runtime is left alone where torch_mlu lives on it', async () => {
    const model = JSON.stringify(writeStandInModel(join(folder, 'beside.cambricon')));
    const code =
      `import sys, types\nfrom mlu_agent.sessions import open_session\n` +
      `sys.modules["torch_mlu"] = types.ModuleType("torch_mlu")\nopen_session("offline", model=${model}).close()`;
    const trace = join(folder, 'beside.trace');
    await runAgentCode(code, [], { CNRT_LIBRARY: compileCnrt(), MLU_STAND_IN_TRACE: trace });
    expect(readCnrtTrace(trace).calls.at(-1)!.name).toBe('cnrtUnloadModel');
  });

  test('a thousand inferences leave memory as it was', async () => {
    const model = writeStandInModel(join(folder, 'memory.cambricon'));
    const code =
      `import numpy\nfrom mlu_agent.sessions import open_session\n` +
      `session = open_session("offline", model=${JSON.stringify(model)}, contexts=2)\n` +
      `pixels = numpy.zeros((1, 3, 64, 64), numpy.float32)\n` +
      `resident = lambda: int(open("/proc/self/statm").read().split()[1]) * 4096\n` +
      `for _ in range(200): session.infer(pixels)\nbefore = resident()\n` +
      `for _ in range(1000): session.infer(pixels)\n` +
      `session.measure(pixels, 500, 60, 2)\nprint(resident() - before)\nsession.close()`;
    const trace = join(folder, 'memory.trace');
    const { stdout, stderr } = await runAgentCode(code, [], {
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_TRACE: trace,
    });
    expect(stderr).toBe('');
    // One output kept for each inference would be 2.4 MB, one input 49 MB more.
    expect(Number(stdout)).toBeLessThan(1_500_000);
    expect(readCnrtTrace(trace)).toMatchObject({ misuses: [], leaks: [] });
  });

  test('a session is refused for another size, batch or option, and contexts it does not have', async () => {
    const model = JSON.stringify(writeStandInModel(join(folder, 'refusals.cambricon')));
    const code =
      `import numpy\nfrom mlu_agent.sessions import open_session\nfrom mlu_agent.errors import BadRequest\n` +
      `def refusal(f, *args, **kw):\n    try: f(*args, **kw)\n    except BadRequest as error: print(error)\n` +
      `for options in ({"size": [64, 96]}, {"batch": 4}, {"batch": 0}, {"contexts": 0}, {"device": True}, {"decode": "none"}):\n` +
      `    refusal(open_session, "offline", model=${model}, **options)\n` +
      `session = open_session("offline", model=${model}, size=[64, 64], batch=1, classes=2)\n` +
      `zeros = numpy.zeros((1, 3, 64, 64), numpy.float32)\n` +
      `refusal(session.measure, zeros, 1, 1, 2)\n` +
      `refusal(session.infer, zeros[:, :, :32])\nrefusal(session.infer, zeros.astype("f8"))\nsession.close()`;
    const { stdout, stderr } = await runAgentCode(code, [], { CNRT_LIBRARY: compileCnrt() });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    for (const [i, words] of [
      'exported for batch 1 of [64, 64], not batch 1 of [64, 96]',
      'not batch 4 of [64, 64]',
      'batch is 0',
      'contexts is 0',
      'device is True',
      'has no decode',
      '2 contexts cannot be measured, the session has 1',
      '[1, 3, 32, 64], but the model takes float32 [1, 3, 64, 64]',
      'float64 [1, 3, 64, 64], but',
    ].entries())
      expect(lines[i]).toContain(words);
  });
});

/** Of an even number of times, as it is printed. */
function median(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return ((sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2).toFixed(2);
}

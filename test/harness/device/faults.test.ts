import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { systemTimers } from '../../../datasets/fetch/timers.ts';
import { askAgentInfo } from '../../../harness/device/agent-info.ts';
import {
  AgentFailure,
  type DeviceSession,
  openDeviceSession,
  type SessionSpec,
} from '../../../harness/device/index.ts';
import { BackendError, exitCodeOf } from '../../../harness/errors.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { type ScriptedAgent, scriptedAgent } from './support/scripted-agent.ts';

const checkpoint = join(mkdtempSync(join(tmpdir(), 'mlu-checkpoint-')), 'tiny.pth');
writeFileSync(checkpoint, Buffer.alloc(9 * 2 ** 20, 'weights'));
const spec: SessionSpec & { kind: 'online' } = {
  ...{ kind: 'online', checkpoint, size: { height: 64, width: 64 }, batch: 1 },
  ...{ coreNumber: 4, coreVersion: 'MLU270' },
};
const batch = (value: number) =>
  float32Tensor(new Float32Array(3 * 64 * 64).fill(value), [1, 3, 64, 64], 'NCHW');

/** What an inference comes to: the first value of its output and the restarts, or the error; and that nothing is left. */
async function inferOnce(agent: ScriptedAgent) {
  let outcome: { first?: number; error?: unknown; restarts: readonly string[] };
  try {
    const session = await openDeviceSession(agent.options, spec);
    try {
      const { output } = await session.infer(batch(2));
      outcome = { first: output.data[0]!, restarts: session.restarts };
    } catch (error) {
      outcome = { error, restarts: session.restarts };
    } finally {
      await session.close();
    }
  } catch (error) {
    outcome = { error, restarts: [] };
  }
  expect(await agent.living()).toEqual([]);
  return outcome;
}

const SUM = 2 * 3 * 64 * 64;

describe('an agent lost during an inference is started again, once', () => {
  test.each([
    ['kill', 'the connection ended; it ended with code 137 (SIGKILL)'],
    ['kill-inside', 'the connection ended in the middle of a frame; it ended with code 137 (SIGKILL)'],
    ['stop', 'not a byte came from it for 1 s'],
    ['silent', 'not a byte came from it for 1 s'],
    ['deaf', 'it gave no answer within 3 s'],
    ['garbage', 'it sent bytes that begin no frame'],
    ['other-id', 'it sent a result of request 7 instead of 6'],
    ['no-message', 'it sent a message that is none: "{"type":"weather"}"'],
  ])('%s', async (fault, reason) => {
    const told: string[] = [];
    const once = scriptedAgent(fault, 1, { tell: (sentence) => told.push(sentence) });
    const { first, restarts, error } = await inferOnce(once);
    expect(error).toBeUndefined();
    expect(first).toBe(SUM);
    expect(restarts).toHaveLength(1);
    expect(restarts[0]).toContain('started again during inference 1');
    expect(restarts[0]).toContain(reason);
    expect(told).toEqual(restarts);
    expect(once.starts()).toBe(2);

    const twice = scriptedAgent(fault, 9);
    const failed = await inferOnce(twice);
    expect(failed.error).toBeInstanceOf(BackendError);
    expect(exitCodeOf(failed.error)).toBe(5);
    expect((failed.error as Error).message).toMatch(
      /^cannot carry out inference 1: lost the agent .*; started again, lost the agent/,
    );
    expect(twice.starts()).toBe(2);
  });

  test('one that goes while a file is sent to it', async () => {
    const { first, restarts } = await inferOnce(scriptedAgent('gone-while-sending'));
    expect(first).toBe(SUM);
    expect(restarts).toEqual([
      expect.stringMatching(/during open, .* during put-file: .*it ended with code 4/),
    ]);
  });
});

describe('what is no loss', () => {
  test('an error of the agent is told and not retried; its traceback is the cause', async () => {
    const agent = scriptedAgent('device-error');
    const { error, restarts } = await inferOnce(agent);
    expect(error).toBeInstanceOf(AgentFailure);
    expect(error).toMatchObject({
      lost: false,
      kind: 'device',
      message: 'the agent could not infer: the card is hot',
    });
    expect((error as Error).cause).toMatchObject({ message: 'line 1' });
    expect(restarts).toEqual([]);
    expect(agent.starts()).toBe(1);
  });

  test('a wrong shape is refused, NaN passes', async () => {
    const { error } = await inferOnce(scriptedAgent('shape'));
    expect(error).toBeInstanceOf(BackendError);
    expect((error as Error).message).toContain(
      'an output [1, 7, 84] of the device: [1, 84, 5 + classes] belongs',
    );
    expect((await inferOnce(scriptedAgent('nan'))).first).toBeNaN();
  });

  test('100 MB on stderr, bytes one at a time, progress', async () => {
    expect(
      (await inferOnce(scriptedAgent('flood', 1, { timeoutSeconds: 60, silenceSeconds: 60 }))).first,
    ).toBe(SUM);
    expect((await inferOnce(scriptedAgent('trickle'))).first).toBe(SUM);
    const told: string[] = [];
    const onProgress = ({ text, done, total }: { text: string; done: number; total: number | null }) =>
      told.push(`${text} ${done}/${total}`);
    expect((await inferOnce(scriptedAgent('progress', 1, { onProgress }))).first).toBe(SUM);
    expect(told.at(-1)).toBe('sending tiny.pth 9437184/9437184');
    expect(told.filter((line) => line.startsWith('sending'))).toHaveLength(3);
  });
});

describe('no agent', () => {
  const told = async (agent: ScriptedAgent) => {
    const error = await askAgentInfo(agent.options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).not.toBeInstanceOf(AgentFailure);
    expect(await agent.living()).toEqual([]);
    return (error as Error).message;
  };

  test('one without a fault says what its machine has', async () => {
    const agent = scriptedAgent('none');
    expect(await askAgentInfo(agent.options)).toMatchObject({ agent: '9.9.9', info: { platform: 'script' } });
    expect(await agent.living()).toEqual([]);
  });

  test('another version, a banner, nothing at all, an end after the first word', async () => {
    expect(await told(scriptedAgent('version'))).toContain(
      'the agent speaks protocol 2, this mlu-parity 1: export it again with mlu-parity agent export',
    );
    // The hello behind it may have come with it.
    expect(await told(scriptedAgent('banner'))).toContain('it printed "Welcome [31m to the container');
    expect(await told(scriptedAgent('mute', 1, { helloSeconds: 0.5 }))).toContain(
      'it said nothing within 0.5 s',
    );
  });

  test('a bound on requests is one on the first word, and who waits for it is told after 10 seconds', async () => {
    const told: string[] = [];
    // Fifty times as fast.
    const timers = { alarm: (ms: number, ring: () => void) => systemTimers.alarm(ms / 50, ring) };
    const signal = new AbortController().signal;
    const bounded = (timeoutSeconds: number) =>
      askAgentInfo({ command: 'cat', timeoutSeconds, signal, timers, tell: (line) => told.push(line) });
    await expect(bounded(20)).rejects.toThrow(
      'it said nothing within 20 s: a container that starts slowly needs more --agent-timeout',
    );
    expect(told).toEqual(['nothing came from "cat" in 10 s, it is waited for up to 20 s']);
    await expect(bounded(5)).rejects.toThrow('it said nothing within 5 s');
    expect(told).toHaveLength(1);
  });

  test('agent info waits no longer than it is told to', async () => {
    const info = (seconds: string) =>
      captureCli('agent', 'info', '--agent', 'cat', '--agent-timeout', seconds, '--quiet');
    expect(await info('1')).toMatchObject({
      ...{ exitCode: 5, stdout: '' },
      stderr: expect.stringContaining('cannot start an agent by "cat": it said nothing within 1 s'),
    });
    expect(await info('0')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--agent-timeout 0 cannot be'),
    });
  });

  test.each([
    [
      'no-such-command-anywhere',
      /ended with code 127; its stderr ends with ".*no-such-command-anywhere.*not found"/,
    ],
    ['exit 3', /the connection ended; it ended with code 3$/],
    ['printf "hi\\n"; sleep 1000', /it printed "hi " where an agent says hello/],
    ['echo "cannot connect to the daemon" >&2; exit 1', /stderr ends with "cannot connect to the daemon"/],
    ['exec >&-; sleep 1000', /the connection ended$/],
  ])('%s', async (command, message) => {
    const start = performance.now();
    expect(await told(scriptedAgent('none', 1, { command }))).toMatch(message);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('one that ends after its first word is lost twice', async () => {
    const { error } = await inferOnce(scriptedAgent('ends', 9));
    expect((error as Error).message).toMatch(
      /^cannot carry out open: lost .*code 7; started again, lost .*code 7$/,
    );
  });
});

describe('the end', () => {
  test('an agent that hears nothing and its children are ended', async () => {
    const start = performance.now();
    expect((await inferOnce(scriptedAgent('stubborn'))).first).toBe(SUM);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('the signal ends a waiting inference at once, and with it the agent', async () => {
    const controller = new AbortController();
    const agent = scriptedAgent('deaf', 9, { signal: controller.signal, timeoutSeconds: 60 });
    const session = await openDeviceSession(agent.options, spec);
    setTimeout(() => controller.abort(), 200);
    const start = performance.now();
    const error = await session.infer(batch(1)).catch((thrown: unknown) => thrown);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(exitCodeOf(error)).toBe(130);
    await expect(session.infer(batch(1))).rejects.toBe(controller.signal.reason);
    expect(session.restarts).toEqual([]);
    expect(await agent.living()).toEqual([]);
    await session.close();
  });

  test('one that is another after its restart is refused', async () => {
    const agent = scriptedAgent('kill:card', 2);
    const { error } = await inferOnce(agent);
    expect((error as Error).message).toMatch(
      /cannot go on with the agent that was started again: .*MLU270.* and was .*CPU/,
    );
  });
});

describe('what is sent', () => {
  test('of a session that is closed and yet asked for its restarts no output is kept', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const held = async () => {
      collect();
      // What was received is let go of in turns of its own.
      await new Promise((resolve) => setTimeout(resolve, 50));
      collect();
      return process.memoryUsage().arrayBuffers;
    };
    const classes = 20_000;
    const { options } = scriptedAgent('none', 1, { timeoutSeconds: 20 }, { classes });
    const closed: DeviceSession[] = [];
    const before = await held();
    for (let value = 0; value < 4; value++) {
      const session = await openDeviceSession(options, spec);
      await session.infer(batch(value));
      await session.close();
      closed.push(session);
    }
    const outputBytes = 84 * (5 + classes) * 4;
    expect((await held()) - before).toBeLessThan(outputBytes);
    expect(closed.flatMap(({ restarts }) => restarts)).toEqual([]);
  });

  test('inputs and outputs go over the link once', async () => {
    const agent = scriptedAgent('none');
    const session = await openDeviceSession(agent.options, spec);
    for (const value of [1, 1, 2, 3, 4, 5, 1, 5, 0.5, -0, 300]) {
      const { output, hostMilliseconds, deviceMilliseconds } = await session.infer(batch(value));
      expect(output.shape).toEqual([1, 84, 7]);
      expect(output.layout).toBe('NAC');
      if (Number.isInteger(value) && value > 0 && value < 256)
        expect(output.data[0]).toBe(value * 3 * 64 * 64);
      // It is the caller's own: what is done to it comes back in no later one.
      output.data.fill(-1);
      expect([hostMilliseconds, deviceMilliseconds]).toEqual([2, undefined]);
    }
    expect(await session.measure(batch(1), { requests: 3, seconds: 1, contexts: 1 })).toEqual({
      hostMs: [[1, 1, 1]],
      deviceMs: null,
      wallSeconds: 1,
      sameOutputs: true,
    });
    expect(session.description).toMatchObject({
      device: 'CPU',
      details: { params: { size: [64, 64], decode: 'concatenated' } },
    });
    await session.close();
    await expect(session.infer(batch(1))).rejects.toThrow('closed');
    expect(await agent.living()).toEqual([]);
  });

  test('a file that is not there is the user’s to give', async () => {
    const agent = scriptedAgent('none');
    const error = await openDeviceSession(agent.options, { ...spec, checkpoint: '/nowhere.pth' }).catch(
      (e: unknown) => e,
    );
    expect(exitCodeOf(error)).toBe(3);
    expect(agent.starts()).toBe(0);
  });
});

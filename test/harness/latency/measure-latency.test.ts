import { describe, expect, test } from 'vitest';
import { MINIMUM_SAMPLES, measureLatency } from '../../../harness/latency/measure-latency.ts';

/** An inference that takes no time but counts its calls. */
function counted(deviceMilliseconds?: number) {
  const calls = { count: 0 };
  const infer = async () => {
    calls.count++;
    return deviceMilliseconds === undefined ? {} : { deviceMilliseconds };
  };
  return { calls, infer };
}

describe('measureLatency', () => {
  test('takes the samples asked for, with the warm-up apart', async () => {
    const { calls, infer } = counted();
    const { warmUp, host, device } = await measureLatency(infer, { samples: 40, seconds: 5 });
    expect(host).toHaveLength(40);
    expect(warmUp.length).toBeGreaterThanOrEqual(3);
    expect(calls.count).toBe(warmUp.length + 40);
    expect(device).toBeNull();
  });

  test('keeps device times beside host times', async () => {
    const { infer } = counted(1.25);
    const { host, device } = await measureLatency(infer, { samples: 10, seconds: 5 });
    expect(device).toEqual(host.map(() => 1.25));
  });

  test('a slow inference gets fewer samples, but never fewer than the minimum', async () => {
    const busy = async () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
      return {};
    };
    const { host } = await measureLatency(busy, { samples: 1000, seconds: 0.001 });
    expect(host).toHaveLength(MINIMUM_SAMPLES);
    for (const sample of host) expect(sample).toBeGreaterThanOrEqual(19.9);
  });

  test('an inference that fails ends the measurement with its error', async () => {
    const broken = async () => {
      throw new Error('device lost');
    };
    await expect(measureLatency(broken, { samples: 5, seconds: 1 })).rejects.toThrow('device lost');
  });

  test('a failure after the warm-up is not swallowed either', async () => {
    let calls = 0;
    const later = async () => {
      if (++calls > 6) throw new Error('device lost');
      return {};
    };
    await expect(measureLatency(later, { samples: 50, seconds: 1 })).rejects.toThrow('device lost');
  });
});

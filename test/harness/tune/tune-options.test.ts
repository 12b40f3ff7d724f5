import { describe, expect, test } from 'vitest';
import { resolveTuneOptions } from '../../../harness/tune/tune-options.ts';

const weights = 'random:yolox-nano';

describe('resolveTuneOptions', () => {
  test('fills in the defaults by the objective', () => {
    expect(resolveTuneOptions({ weights })).toMatchObject({
      objective: 'p50',
      batches: [1],
      margin: 0.01,
      maxSeconds: 120,
      p99LimitMs: null,
      seed: 0,
      backend: { backends: [{ name: 'cpu-float' }], engine: 'onnxruntime' },
    });
    expect(resolveTuneOptions({ weights, objective: 'throughput' }).batches).toEqual([1, 2, 4, 8]);
    expect(resolveTuneOptions({ weights, p99Limit: 20 })).toMatchObject({
      objective: 'throughput',
      p99LimitMs: 20,
    });
    expect(resolveTuneOptions({ weights, cores: [4, 1, 4], margin: 2.5 })).toMatchObject({
      cores: [1, 4],
      margin: 0.025,
    });
    const int8 = { backend: 'int8', quantized: { all: 'a.pt' } };
    expect(resolveTuneOptions({ weights, ...int8 }).backend.backends).toEqual([{ name: 'int8', bits: 8 }]);
  });

  test('of a model the lowest p50 and the highest throughput can be asked for, at all core numbers of the card', () => {
    const card = { weights, backend: 'mlu-offline', card: 'mlu290' };
    for (const objective of ['p50', 'throughput']) {
      expect(resolveTuneOptions({ ...card, objective })).toMatchObject({
        objective,
        model: { card: { name: 'mlu290', cores: [1, 2, 4, 8, 16, 32, 64] }, activations: 'float32' },
      });
    }
  });

  test.each([
    [{}, 'nothing to tune: give --weights FILE'],
    [{ weights, objective: 'p50', p99Limit: 20 }, '--p99-limit 20 has no effect with --objective p50'],
    [{ weights, p99Limit: 0 }, '--p99-limit 0 cannot be: it must be more than 0'],
    [{ weights, margin: -1 }, '--margin -1 cannot be: it must be at least 0'],
    [{ weights, cores: [0] }, '--cores 0 cannot be: it must be at least 1'],
    [{ weights, batch: [1.5] }, '--batch 1.5 cannot be: it must be a whole number'],
    [{ weights, batch: [257] }, '--batch 257 cannot be: it must be at most 256'],
    [{ weights, backend: 'int16' }, 'the backend int16 has no input scales'],
    [
      { weights, calibration: 'images' },
      '--calibration images has no effect: it belongs to int16 and int8, and --backend is cpu-float; leave',
    ],
    [
      { weights, backend: 'int8', calibration: 'images', bits: 8 },
      '--bits 8 has no effect: it belongs to int16, mlu-online and mlu-offline, and --backend is int8 (int8 has 8); leave',
    ],
    [
      { weights, backend: 'int16', calibration: 'a', quantized: { all: 'b.pt' } },
      '--calibration a has no effect: int16 takes its scales from --quantized',
    ],
    [
      { weights, legacy: true },
      '--legacy has no effect: it belongs to int16 and int8, and --backend is cpu-float; leave',
    ],
    [
      { weights, backend: 'int16', quantized: { all: 'b.pt' }, legacy: true },
      '--legacy has no effect without --calibration',
    ],
    [
      { weights, card: 'mlu270' },
      '--card mlu270 has no effect: it belongs to mlu-online and mlu-offline, and --backend is cpu-float',
    ],
    [
      { weights, backend: 'int8', quantized: { all: 'a' }, activations: 'float16' },
      '--activations float16 has no effect',
    ],
    [
      { weights, backend: 'mlu-offline', calibration: 'a' },
      '--backend is mlu-offline (a modelled backend takes no scales); leave it out, or give another --backend',
    ],
    [
      { weights, backend: 'mlu-online', maxSeconds: 9 },
      '--max-seconds 9 has no effect: it belongs to cpu-float, int16 and int8, and --backend is mlu-online (the latency of a card is modelled, not measured)',
    ],
    [
      { weights, backend: 'mlu-offline', objective: 'p99' },
      '--objective p99 has no effect: it belongs to cpu-float, int16 and int8, and --backend is mlu-offline (a model has no percentiles)',
    ],
    [
      { weights, backend: 'mlu-offline', p99Limit: 20 },
      '--p99-limit 20 has no effect: it belongs to cpu-float, int16 and int8, and --backend is mlu-offline (a model has no percentiles)',
    ],
    [{ weights, backend: 'mlu-offline', seed: 1 }, '--seed 1 has no effect'],
    [{ weights, backend: 'mlu-offline', engine: 'tfjs' }, '(a modelled backend runs on no engine)'],
    [{ weights, backend: 'mlu-online', cores: [32] }, '--cores 32 cannot be: the MLU270 has 16 cores'],
    [
      { weights, backend: 'int16', calibration: 'a', headroom: 2, percentile: 99.9 },
      '--headroom widens the absmax',
    ],
    [
      { weights, backend: 'int16', calibration: 'a', engine: 'tfjs' },
      '--engine tfjs has no exact integer convolution',
    ],
  ])('%o: %s', (typed, sentence) => {
    expect(() => resolveTuneOptions(typed)).toThrow(sentence);
  });
});

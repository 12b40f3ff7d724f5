import { describe, expect, test } from 'vitest';
import { mergeConfig } from '../../../harness/config/merge-config.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';

describe('the configuration of a file and of the command line', () => {
  test('the command line wins key by key', () => {
    expect(mergeConfig({ conf: 0.1, nms: 0.5 }, { conf: 0.2 })).toEqual({ conf: 0.2, nms: 0.5 });
  });

  test.each([
    [{ images: 4, seed: 1 }, { imageIds: [7] }, { seed: 1, imageIds: [7] }],
    [
      { dataset: 'a', split: 'x' },
      { annotations: 'b', imageDir: 'c' },
      { annotations: 'b', imageDir: 'c' },
    ],
    [{ annotations: 'b', imageDir: 'c' }, { dataset: 'a' }, { dataset: 'a' }],
    [{ headroom: 2 }, { percentile: 99 }, { percentile: 99 }],
  ])('an alternative takes the place of what the file chose: %j and %j', (file, typed, merged) => {
    expect(mergeConfig(file, typed)).toEqual(merged);
  });

  test.each([
    { cores: [1] },
    { batch: [2] },
    { card: 'mlu270' },
    { latencySamples: 9 },
    { latencySeconds: 1 },
  ] as const)('%j on the command line asks for latency where the file leaves it out', (typed) => {
    const config = { ...typed } as RunConfig;
    expect(mergeConfig({ latency: false }, config)).toEqual(config);
  });

  test('what the command line says of latency itself stands', () => {
    expect(mergeConfig({ latency: false, cores: [1] }, { latencySamples: 9 })).toEqual({
      cores: [1],
      latencySamples: 9,
    });
    const off = { latency: false, latencySamples: 9 };
    expect(mergeConfig({}, off)).toEqual(off);
  });
});

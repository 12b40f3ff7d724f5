import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf, resolveShard, withNamedShard } from '../../../harness/run/shard.ts';

test('the shards of a run are all places, each once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 9, max: 60 }), (count, images) => {
      const places = Array.from({ length: count }, (_, i) => {
        const own: number[] = [];
        for (let nth = 0; placeOf(nth, { index: i + 1, count }) < images; nth++)
          own.push(placeOf(nth, { index: i + 1, count }));
        return own;
      });
      expect(places.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: images }, (_, i) => i));
      const lengths = places.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }),
  );
});

describe('the shard of a job', () => {
  const slurm = (id: number, first: number, last: number, step = 1) => ({
    SLURM_ARRAY_TASK_ID: `${id}`,
    SLURM_ARRAY_TASK_MIN: `${first}`,
    SLURM_ARRAY_TASK_MAX: `${last}`,
    SLURM_ARRAY_TASK_STEP: `${step}`,
    SLURM_ARRAY_TASK_COUNT: `${(last - first) / step + 1}`,
  });

  test.each([
    ['--shard 2/7', { shard: '2/7' }, {}, { index: 2, count: 7 }],
    ['neither option, in an array job', {}, slurm(1, 1, 3), null],
    [
      'Kubernetes, from 0',
      { shard: 'auto' },
      { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '4' },
      { index: 1, count: 4 },
    ],
    ['Kubernetes and --shards', { shards: 3 }, { JOB_COMPLETION_INDEX: '2' }, { index: 3, count: 3 }],
    ['Slurm from 1', { shard: 'auto' }, slurm(3, 1, 3), { index: 3, count: 3 }],
    ['Slurm from 0', { shard: 'auto' }, slurm(0, 0, 6), { index: 1, count: 7 }],
    ['Slurm in steps', { shards: 3 }, slurm(20, 10, 30, 10), { index: 2, count: 3 }],
  ])('%s', (_, config, environment, expected) => {
    expect(resolveShard(config, environment)).toEqual(expected);
  });

  test('stands in the configuration by its name, so that another environment changes nothing', () => {
    expect(withNamedShard({ shards: 3, images: 9 }, slurm(2, 1, 3))).toEqual({ shard: '2/3', images: 9 });
  });

  test.each([
    [{ shard: '0/3' }, {}, /--shard 0\/3 is shard 0 of 3: give one from 1\/3 to 3\/3/],
    [{ shard: '4/3' }, {}, /is shard 4 of 3/],
    [{ shard: '1/3', shards: 3 }, {}, /leave out --shards 3/],
    [{ shard: 'auto' }, {}, /finds no shard in the environment/],
    [{ shard: 'auto' }, { JOB_COMPLETION_INDEX: '1' }, /JOB_COMPLETIONS is not: set it/],
    [{ shards: 2 }, { JOB_COMPLETION_INDEX: 'one' }, /JOB_COMPLETION_INDEX is "one"/],
    [{ shards: 2 }, { JOB_COMPLETION_INDEX: '2' }, /is shard 3 of 2/],
    [{ shards: 2 }, slurm(1, 1, 3), /--shards 2 in an array of 3 tasks/],
    [
      { shard: 'auto' },
      { ...slurm(5, 1, 5), SLURM_ARRAY_TASK_COUNT: '3' },
      /array without gaps, as --array=1-3/,
    ],
  ])('%j in %j is refused', (config, environment, sentence) => {
    expect(() => resolveShard(config, environment)).toThrow(sentence);
  });
});

import { describe, expect, test } from 'vitest';
import { benchConfigSchema } from '../../../harness/bench/bench-options.ts';
import { flagOf } from '../../../harness/config/flag-of.ts';
import { type BackendCommand, OPTION_OWNERS } from '../../../harness/config/option-owners.ts';
import { type CardUses, refuseIdle } from '../../../harness/config/refuse-idle.ts';
import { runConfigSchema } from '../../../harness/config/run-config.ts';
import { tuneFlagsSchema } from '../../../harness/tune/tune-options.ts';

describe('refuseIdle', () => {
  test.each<[BackendCommand, object, readonly string[], CardUses, string]>([
    [
      'bench',
      { calibration: 'x' },
      ['mlu-offline'],
      {},
      '--calibration x has no effect: it belongs to int16 and int8, and --backends names none of them (a modelled backend takes no scales); leave it out, or add one of them',
    ],
    [
      'run',
      { calibration: 'x' },
      ['cpu-float'],
      {},
      '--calibration x has no effect: it belongs to int16, int8, mlu-online and mlu-offline, and --backends names none of them; leave it out, or add one of them',
    ],
    [
      'run',
      { execution: 'fast' },
      ['cpu-float', 'mlu-online'],
      {},
      '--execution fast has no effect: it belongs to int16 and int8, and --backends names none of them (an emulated card always runs exact); leave it out, or add one of them',
    ],
    [
      'tune',
      { card: 'mlu220' },
      ['int8'],
      {},
      '--card mlu220 has no effect: it belongs to mlu-online and mlu-offline, and --backend is int8; leave it out, or give another --backend',
    ],
    [
      'run',
      { activations: 'float16' },
      ['cpu-float', 'mlu-online'],
      { 'mlu-online': 'measured' },
      '--activations float16 has no effect: a card has its own; leave it out',
    ],
    [
      'run',
      { agentTimeout: 5 },
      ['mlu-online'],
      {},
      '--agent-timeout 5 has no effect: no agent runs it; leave it out',
    ],
    [
      'run',
      { agentTimeout: 5 },
      ['cpu-float'],
      {},
      '--agent-timeout 5 has no effect without mlu-online and mlu-offline on a card; leave it out',
    ],
    ...(['cores', 'batch'] as const).map((option): [BackendCommand, object, string[], CardUses, string] => [
      'run',
      { [option]: [1, 4] },
      ['mlu-online', 'mlu-offline'],
      { 'mlu-online': 'replayed', 'mlu-offline': 'replayed' },
      `--${option} 1,4 has no effect: it belongs to cpu-float, int16 and int8, and --backends names none of them (what was recorded is as it was recorded); leave it out, or add one of them`,
    ]),
    [
      'tune',
      { calibration: 'x' },
      ['mlu-offline'],
      { 'mlu-offline': 'measured' },
      '--calibration x has no effect: it belongs to int16 and int8, and --backend is mlu-offline (a card takes its scales from a quantised checkpoint); leave it out, or give another --backend',
    ],
  ])('%s %j of %j on %j: one sentence', (command, typed, backends, cards, sentence) => {
    expect(() => refuseIdle(command, typed, backends, cards)).toThrow(sentence);
  });

  test('what belongs to one of the backends, to none in particular, or was not given, passes', () => {
    refuseIdle('run', { calibration: 'x', cores: [1], conf: 0.1, seed: 1 }, ['cpu-float', 'mlu-online']);
    refuseIdle('bench', { latencySamples: 5, image: 'a.jpg', seed: 1 }, ['null', 'mlu-online']);
    refuseIdle('tune', { calibration: undefined, seed: 1 }, ['cpu-float']);
    refuseIdle('run', { activations: 'float16' }, ['mlu-online', 'mlu-offline'], {
      'mlu-online': 'measured',
    });
    for (const use of ['emulated', 'measured'] as const) {
      const cards: CardUses = { 'mlu-online': 'replayed', 'mlu-offline': use };
      refuseIdle('run', { cores: [1, 4], batch: [1] }, ['mlu-online', 'mlu-offline'], cards);
    }
    refuseIdle('run', { cores: [1] }, ['cpu-float', 'mlu-online'], { 'mlu-online': 'replayed' });
    for (const command of ['bench', 'tune'] as const) {
      refuseIdle(command, { cores: [1], batch: [1] }, ['mlu-online']);
    }
    refuseIdle('bench', { cores: [1], batch: [1] }, ['null']);
    refuseIdle('tune', { objective: 'p99', maxSeconds: 1 }, ['mlu-offline'], { 'mlu-offline': 'measured' });
  });

  test('the table knows no option that its commands have not', () => {
    const schemas: Record<string, { shape: object }> = {
      run: runConfigSchema,
      bench: benchConfigSchema,
      tune: tuneFlagsSchema,
    };
    for (const { options, commands = ['run', 'bench', 'tune'] } of OPTION_OWNERS) {
      const known = commands.flatMap((command) => Object.keys(schemas[command]!.shape));
      for (const option of options) expect(known).toContain(option);
    }
  });
});

test.each([
  ['calibrationImages', 8, '--calibration-images 8'],
  ['perChannel', true, '--per-channel'],
  ['cores', [1, 2], '--cores 1,2'],
  ['quantized', { all: 'a.pt' }, '--quantized a.pt'],
  ['quantized', { int8: 'a.pt' }, '--quantized int8=a.pt'],
  ['p99Limit', 20, '--p99-limit 20'],
])('flagOf(%s, %j) is as it is typed: %s', (option, value, flag) => {
  expect(flagOf(option, value)).toBe(flag);
});

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import type { RunConfig } from '../../../harness/config/run-config.ts';
import { measurementFacts } from '../../../reports/measurement-facts.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { madeUpTwins } from '../../support/made-up-offline-model.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeQuantizedRandom } from '../../support/write-quantized.ts';
import { scriptedAgent } from '../device/support/scripted-agent.ts';

const WEIGHTS = 'random:yolox-nano?seed=1';

describe('offline models that are given', () => {
  const dir = suiteFolder();
  const at = (name: string): string => join(dir, name);
  beforeAll(async () => {
    await makeCocoFolder(at('coco'), 2);
    await writeQuantizedRandom(at('quantized.pt'), 'nano', 1);
    // The scripted agent says core number 1 of whatever it opens.
    for (const cores of [1, 4]) {
      const input = { shape: [1, 64, 64, 3], position: 0, scale: 1 };
      const twins = madeUpTwins({ layers: [], input, output: { shape: [1, 85, 1, 84] }, cores });
      writeFileSync(at(`${cores}.cambricon`), `\x7fMEF of ${cores}`);
      writeFileSync(at(`${cores}.cambricon_twins`), twins);
    }
  });

  test('are what the record is of: their hash is in it, and no checkpoint, though one is given for others', async () => {
    const agent = scriptedAgent('none', 0, {}, { classes: 80 });
    const config: RunConfig = {
      ...{ weights: WEIGHTS, size: 64, dataset: at('coco') },
      ...{ backends: ['cpu-float', 'int16', 'mlu-offline'], quantized: { all: at('quantized.pt') } },
      ...{ agent: agent.options.command, mluOffline: `model:${at('1.cambricon')}` },
      ...{ latency: false, noiseFloorImages: 0, out: at('run') },
    };
    const { record } = await runConfig(config);
    const [, int16, offline] = record.backends;
    expect(int16!.quantization).not.toBeNull();
    expect(offline).toMatchObject({ quantization: null, images: 2, precision: 'float32' });
    const hash = sha256('\x7fMEF of 1');
    expect(offline!.offlineModels).toEqual([{ coreNumber: 1, batch: 1, file: '1.cambricon', sha256: hash }]);
    expect(offline!.details).toMatchObject({ params: { model: hash, batch: 1 } });
    expect(measurementFacts(record).flat().join()).toContain(
      `offline model 1.cambricon of core number 1 and batch 1, SHA-256 ${hash}`,
    );
  });

  describe('with a second core number to score', () => {
    const config = (out: string, more: RunConfig): RunConfig => ({
      ...{ weights: WEIGHTS, size: 64, dataset: at('coco'), backends: ['cpu-float', 'mlu-offline'] },
      ...{ agent: scriptedAgent('none', 0, {}, { classes: 80 }).options.command, out: at(out) },
      ...{ latencySamples: 5, noiseFloorImages: 0, cores: [1], budgets: { 'mlu-offline:AP': 0.01 }, ...more },
      mluOffline: more.mluOffline ?? `model:${at('1.cambricon')},${at('4.cambricon')}`,
    });

    test('its model is run on every image as a backend of its own, which is not timed', async () => {
      const { record } = await runConfig(config('second', { scoreCore: 4 }));
      const [, first, second] = record.backends;
      expect(record.backends.map(({ name, images }) => [name, images])).toEqual([
        ['cpu-float', 2],
        ['mlu-offline', 2],
        ['mlu-offline@4', 2],
      ]);
      expect(first!.details).toMatchObject({ params: { model: sha256('\x7fMEF of 1') } });
      expect(second!.details).toMatchObject({ params: { model: sha256('\x7fMEF of 4') } });
      expect([first!.latency.length, second!.latency.length]).toEqual([1, 0]);
      expect(record.drift.map(({ to, cause }) => [to, cause])).toEqual([
        ['mlu-offline', 'the offline model'],
        ['mlu-offline@4', 'another core number'],
      ]);
      // A budget of mlu-offline is of it at whatever core number.
      expect(second!.judgements.map(({ metric }) => metric)).toEqual(['AP']);
    });

    test.each<[RunConfig, string]>([
      [
        { scoreCore: 1, mluOffline: `model:${at('1.cambricon')}` },
        '--score-core 1 is the core number that mlu-offline is scored at already',
      ],
      [{ scoreCore: 17 }, '--score-core 17 cannot be: the MLU270 has 16 cores'],
      [{ scoreCore: 16 }, 'no offline model is of core number 16 and batch 1, which outputs are scored with'],
    ])('%j is refused', async (more, sentence) => {
      await expect(async () => runConfig(config('refused', more))).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(sentence),
      });
      expect(existsSync(at('refused'))).toBe(false);
    });

    test.each<[string[], string]>([
      [['--backends', 'cpu-float,mlu-offline'], 'an emulated card computes the same at every core number'],
      [['--backends', 'cpu-float'], 'belongs to'],
    ])('without a card it has no effect: %j', async (more, sentence) => {
      const args = ['--weights', WEIGHTS, '--dataset', at('coco'), '--calibration', at('coco'), ...more];
      const result = await captureCli('run', ...args, '--score-core', '4', '--out', at('refused'));
      expect(result).toMatchObject({ exitCode: 2, stdout: '' });
      expect(result.stderr).toContain(sentence);
    });

    test('of a stage that runs on no card, behind one that does, it has none either', async () => {
      const more = { mluOffline: 'emulated', quantized: { all: at('quantized.pt') }, scoreCore: 4 };
      const both = config('refused', { ...more, backends: ['cpu-float', 'mlu-online', 'mlu-offline'] });
      await expect(async () => runConfig(both)).rejects.toThrow(
        'mlu-offline, the last stage of the port, runs on no card',
      );
    });
  });

  test.each<[string, string[], number, string]>([
    ['bench', ['--backends', 'mlu-offline', '--cores', '8'], 2, 'no offline model is of core number 8'],
    ['bench', ['--backends', 'mlu-offline', '--batch', '4'], 2, 'no offline model is of batch 4'],
    ['tune', ['--backend', 'mlu-offline', '--cores', '1,4'], 2, 'no offline model is of core number 4'],
    ['tune', ['--backend', 'mlu-offline', '--quantized', 'q.pt'], 2, '--quantized q.pt has no effect'],
    [
      'bench',
      ['--backends', 'mlu-online,mlu-offline', '--quantized', 'mlu-offline=q.pt'],
      2,
      '--quantized mlu-offline=q.pt has no effect',
    ],
  ])('%s %j is refused before an agent is started', async (command, more, exitCode, sentence) => {
    const args = [command, '--weights', WEIGHTS, '--size', '64', '--agent', `touch ${at('started')}`];
    const given = ['--mlu-offline', `model:${at('1.cambricon')}`];
    const quantized = more.includes('mlu-online,mlu-offline') ? ['--quantized', 'mlu-online=q.pt'] : [];
    const result = await captureCli(...args, ...given, ...quantized, ...more);
    expect(result).toMatchObject({ exitCode, stdout: '' });
    expect(result.stderr).toContain(sentence);
    expect(existsSync(at('started'))).toBe(false);
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { captureCli } from '../../support/capture-cli.ts';
import { makeCocoFolder } from '../../support/make-coco-folder.ts';
import { readNpy } from '../../support/npy.ts';
import { runConfig } from '../../support/run-config.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const PARAMETERS = 8_968_255;

describe("the tutorial's model, YOLOX-s at 640, with seeded random weights", () => {
  const dir = suiteFolder();

  test('convert to the legacy format, then run float and int16', async () => {
    const coco = join(dir, 'coco');
    const weights = join(dir, 'yolox_s.pt');
    await makeCocoFolder(coco, 1);

    const converted = await captureCli('convert', 'random:yolox-s?seed=1', weights, '--json');
    expect(JSON.parse(converted.stdout)).toMatchObject({
      format: 'legacy',
      variant: 's',
      parameters: PARAMETERS,
    });

    const { record, folder } = await runConfig({
      weights,
      dataset: coco,
      backends: ['cpu-float', 'int16'],
      calibration: coco,
      latency: false,
      noiseFloorImages: 0,
      saveRaw: true,
      out: join(dir, 'run'),
    });
    expect(record).toMatchObject({
      status: 'complete',
      verdict: { exitCode: 0 },
      options: { size: [640, 640] },
      weights: { format: 'legacy-checkpoint', variant: 's', parameters: PARAMETERS, depthwise: false },
    });
    const [float, int16] = record.backends;
    expect(int16!.quantization).toMatchObject({ convolutions: 83, floatConvolutions: 0, execution: 'exact' });
    for (const { name } of [float!, int16!]) {
      const { shape, data } = readNpy(join(folder, 'raw', name, '1.npy'));
      expect(shape).toEqual([1, 8400, 85]);
      expect(data.every(Number.isFinite)).toBe(true);
    }
    const whole = int16!.tensorDifference!.raw!.find(({ group }) => group === 'all')!;
    // Far above what a wrong scale would leave, and finite: integers did run.
    expect(whole.metrics.sqnr!.min!).toBeGreaterThan(40);
    expect(int16!.tensorDifference!.identicalImages).toBe(0);
  });
});

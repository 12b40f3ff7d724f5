import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runConfig } from '../support/run-config.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { suiteFolder } from '../support/suite-folder.ts';

/** What the README says of the emulated cards: AP of YOLOX-nano on 50 COCO images, to the digits it gives. */
const CLAIMS = [
  ['float32', { int16: 0.3231, 'mlu-online': 0.3231, 'mlu-offline': 0.3231 }],
  ['float16', { int16: 0.3231, 'mlu-online': 0.3214, 'mlu-offline': 0.3238 }],
] as const;

describe.skipIf(!hasShared)('the emulated cards on 50 COCO images', () => {
  const dir = suiteFolder();

  test.each(CLAIMS)('%s activations', { timeout: 600_000 }, async (activations, figures) => {
    const { record } = await runConfig({
      weights: sharedPath('data', 'yolox_nano', 'yolox_nano.pth'),
      dataset: sharedPath('data', 'coco_val50'),
      quantized: { all: sharedPath('golden', 'quantize', 'yolox_nano_int16.pt') },
      backends: ['cpu-float', 'int16', 'mlu-online', 'mlu-offline'],
      activations,
      size: 416,
      latency: false,
      noiseFloorImages: 0,
      out: join(dir, activations),
    });
    for (const [name, ap] of Object.entries(figures)) {
      const found = record.backends.find((backend) => backend.name === name)!;
      expect(Number(found.metrics!.AP!.toFixed(4)), name).toBe(ap);
    }
    const sum = record.drift.reduce((total, { metrics }) => total + metrics.AP!, 0);
    expect(sum).toBeCloseTo(record.drift.at(-1)!.fromReference.AP!, 12);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertBoxes } from '../../../reference/boxes.ts';
import { anchorGrid, decodeFixedGrids, fixedGrids } from '../../../reference/decode/index.ts';
import type { CocoResult, Detections } from '../../../reference/detections.ts';
import {
  batchedNms,
  postprocess,
  restoreDetections,
  scoreFilter,
  toCocoResults,
} from '../../../reference/postprocess/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { readNpy } from '../../support/npy.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const SIZE = { height: 64, width: 96 };

/** Confidences on a coarse scale, so that thresholds and ties are met exactly. */
const CONFIDENCES = {
  sigmoid: (drawn: number) => drawn / 8,
  'below two': (drawn: number) => (drawn * 15) / 64,
  'any sign and size': (drawn: number) => (drawn - 2) / 2,
};

function randomOutput(seed: number, classes: number, kind: keyof typeof CONFIDENCES = 'sigmoid'): Tensor {
  const random = createRandom(seed);
  const { anchors } = anchorGrid(SIZE);
  const channels = 5 + classes;
  const data = Float32Array.from({ length: 2 * anchors * channels }, (_, i) =>
    i % channels < 4 ? random.gaussian() : CONFIDENCES[kind](random.integer(9)),
  );
  return float32Tensor(data, [2, anchors, channels], 'NAC');
}

const MILD = { conf: 0.25, nms: 0.45, inputSize: SIZE, decoded: false } as const;

/** As the original: decode all, corners of all, score of all, filter, NMS. */
function slow(output: Tensor, conf: number, iouThreshold: number): number[][][] {
  const [batch, anchors, channels] = output.shape as [number, number, number];
  const decoded = decodeFixedGrids(output, fixedGrids(SIZE)).data;
  return Array.from({ length: batch }, (_, image) => {
    const rows: number[][] = [];
    for (let anchor = 0; anchor < anchors; anchor++) {
      const at = (image * anchors + anchor) * channels;
      const cls = [...decoded.subarray(at + 5, at + channels)];
      const best = cls.indexOf(Math.max(...cls));
      const score = Math.fround(decoded[at + 4]! * cls[best]!);
      if (score >= Math.fround(conf)) {
        const box = convertBoxes(decoded.slice(at, at + 4), 'cxcywh', 'xyxy');
        rows.push([...box, decoded[at + 4]!, cls[best]!, best, score]);
      }
    }
    const kept = batchedNms(
      Float32Array.from(rows.flatMap((row) => row.slice(0, 4))),
      Float32Array.from(rows, (row) => row[7]!),
      Uint16Array.from(rows, (row) => row[6]!),
      iouThreshold,
    );
    return [...kept].map((i) => rows[i]!);
  });
}

const rowsOf = (found: Detections): number[][] =>
  Array.from({ length: found.count }, (_, i) => [
    ...found.boxes.subarray(i * 4, i * 4 + 4),
    found.objectness[i]!,
    found.classConfidence[i]!,
    found.classIndices[i]!,
    found.scores[i]!,
  ]);

describe('postprocess', () => {
  it('equals decoding and filtering everything, to the bit, confidences within and beyond 0 … 1', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.constantFrom(1, 3, 8, 21),
        fc.constantFrom<keyof typeof CONFIDENCES>('sigmoid', 'below two', 'any sign and size'),
        fc.constantFrom(0, 0.001, 0.1, 0.25, 0.5, 1),
        (seed, classes, kind, conf) => {
          const output = randomOutput(seed, classes, kind);
          const found = postprocess(output, { ...MILD, conf });
          expect(found.map(rowsOf)).toEqual(slow(output, conf, MILD.nms));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the same from raw and from decoded output, and leaves the output alone', () => {
    const raw = randomOutput(5, 6);
    const before = raw.data.slice();
    const decoded = decodeFixedGrids(raw, fixedGrids(SIZE));
    const fromRaw = postprocess(raw, MILD);
    expect(fromRaw.every((found) => found.count > 0)).toBe(true);
    expect(postprocess(decoded, { ...MILD, decoded: true })).toEqual(fromRaw);
    expect(raw.data).toEqual(before);
  });

  it('keeps score >= conf, and takes the first of equal classes', () => {
    const { anchors } = anchorGrid({ height: 32, width: 32 });
    const data = new Float32Array(anchors * 8);
    data.set([0, 0, 1, 1, 0.5, 0.25, 0.5, 0.5], 8);
    const output = float32Tensor(data, [1, anchors, 8]);
    const options = { ...MILD, inputSize: { height: 32, width: 32 } };
    expect(rowsOf(postprocess(output, options)[0]!)[0]!.slice(4)).toEqual([0.5, 0.5, 1, 0.25]);
    expect(postprocess(output, { ...options, conf: 0.2500001 })[0]!.count).toBe(0);
  });

  it('rounds the threshold to float32: a score of float32(0.01), which is below 0.01, passes 0.01', () => {
    const data = Float32Array.of(0, 0, 0, 0, 1, 0.01);
    expect(Math.fround(0.01)).toBeLessThan(0.01);
    expect(scoreFilter(data, 0, 1, 6, 0.01, true).count).toBe(1);
  });

  it('compares the float32 product: one that only rounding lifts to the threshold passes', () => {
    const threshold = Math.fround(0.3);
    const random = createRandom(4);
    let lifted = 0;
    for (let i = 0; i < 1000; i++) {
      const obj = Math.fround(0.3 + 0.7 * random.next());
      const cls = Math.fround(threshold / obj);
      if (obj * cls < threshold && Math.fround(obj * cls) === threshold) {
        lifted++;
        expect(scoreFilter(Float32Array.of(0, 0, 0, 0, obj, cls), 0, 1, 6, 0.3, true).count).toBe(1);
      }
    }
    expect(lifted).toBeGreaterThan(100);
  });

  it('keeps the best maxDetections', () => {
    const output = randomOutput(9, 4);
    const all = postprocess(output, MILD);
    const some = postprocess(output, { ...MILD, maxDetections: 3 });
    expect(some.map(rowsOf)).toEqual(all.map((found) => rowsOf(found).slice(0, 3)));
    expect(() => postprocess(output, { ...MILD, maxDetections: 0 })).toThrow(RangeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names image, anchor and channel of %d wherever it stands, however low the score',
    (bad) => {
      for (const channels of [6, 8, 13, 14, 85]) {
        const { anchors } = anchorGrid({ height: 32, width: 32 });
        for (let channel = 0; channel < channels; channel++) {
          const output = float32Tensor(new Float32Array(2 * anchors * channels), [2, anchors, channels]);
          output.data[(anchors + 17) * channels + channel] = bad;
          const name = channel < 4 ? 'reg' : channel === 4 ? 'obj' : `class ${channel - 5}`;
          expect(() => postprocess(output, { ...MILD, inputSize: { height: 32, width: 32 } })).toThrow(
            `${bad} at image 1, anchor 17, channel ${channel} (${name})`,
          );
        }
      }
    },
  );

  it('says which anchor decodes to an infinite box', () => {
    const output = randomOutput(3, 2);
    output.data.set([0, 0, 100, 0, 1, 1, 1], 5 * 7);
    expect(() => postprocess(output, MILD)).toThrow(/anchor 5/);
  });

  it('refuses confidences and IoU thresholds outside 0 … 1, and an output of another input size', () => {
    const output = randomOutput(3, 2);
    expect(() => postprocess(output, { ...MILD, conf: 1.5 })).toThrow(RangeError);
    expect(() => postprocess(output, { ...MILD, nms: -1 })).toThrow(RangeError);
    expect(() => postprocess(output, { ...MILD, inputSize: { height: 64, width: 64 } })).toThrow(/anchors/);
  });
});

describe('restoreDetections', () => {
  const one: Detections<'input'> = {
    space: 'input',
    count: 1,
    boxes: Float32Array.of(-3, 6, 30, 700),
    scores: Float32Array.of(0.5),
    objectness: Float32Array.of(1),
    classConfidence: Float32Array.of(0.5),
    classIndices: Uint16Array.of(2),
  };

  it('divides by the letterbox ratio rounded to float32, and clips nothing', () => {
    expect([...restoreDetections(one, 0.3).boxes]).toEqual(
      [-3, 6, 30, 700].map((x) => Math.fround(x / Math.fround(0.3))),
    );
    for (const ratio of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => restoreDetections(one, ratio)).toThrow(RangeError);
    }
  });

  it('becomes COCO results: xywh, category id from the class map', () => {
    const image = restoreDetections(one, 0.5);
    expect(toCocoResults(image, 7, [1, 2, 44])).toEqual([
      { image_id: 7, category_id: 44, bbox: [-6, 12, 66, 1388], score: 0.5 },
    ]);
    expect(() => toCocoResults(image, 7, [1, 2])).toThrow(/class index 2/);
  });
});

describe.skipIf(!hasShared)('postprocess against YOLOX on PyTorch, YOLOX-nano at 416', () => {
  const inputSize = { height: 416, width: 416 };
  /** float32 boxes of some hundred pixels, after decoding with another exp: a few units in the last place. */
  const PIXELS = 2e-4;
  const images = JSON.parse(
    hasShared
      ? readFileSync(sharedPath('data', 'coco_val50', 'instances_val2017.json'), 'utf8')
      : '{"images":[],"categories":[]}',
  ) as {
    images: { id: number; file_name: string; width: number; height: number }[];
    categories: { id: number }[];
  };
  const categoryIds = images.categories.map((category) => category.id).sort((a, b) => a - b);

  it.each(['000000397133', '000000460347', '000000480985'])('%s at conf 0.25, NMS 0.45', (name) => {
    const golden = JSON.parse(
      readFileSync(sharedPath('golden', 'postprocess', 'nano_416_conf025_nms045.json'), 'utf8'),
    ) as { cases: { file_name: string; detections: number[][] }[] };
    const expected = golden.cases.find((c) => c.file_name === `${name}.jpg`)!.detections;
    const raw = readNpy(sharedPath('golden', 'network', `${name}_raw.npy`), 'NAC');
    const [found] = postprocess(raw, { conf: 0.25, nms: 0.45, inputSize, decoded: false });
    expect(found!.count).toBe(expected.length);
    for (const [i, row] of rowsOf(found!).entries()) {
      expect(row.slice(4, 7)).toEqual(expected[i]!.slice(4, 7));
      for (let k = 0; k < 4; k++) expect(Math.abs(row[k]! - expected[i]![k]!)).toBeLessThan(PIXELS);
    }
  });

  it.each(['000000397133', '000000460347', '000000480985'])(
    '%s at conf 0.001, NMS 0.65, as COCO results',
    (name) => {
      const golden = JSON.parse(
        readFileSync(
          sharedPath('golden', 'postprocess', 'nano_416_conf0001_nms065_coco_results.json'),
          'utf8',
        ),
      ) as CocoResult[];
      const expected = golden.filter((result) => result.image_id === Number(name));
      const { width, height } = images.images.find((image) => image.id === Number(name))!;
      const raw = readNpy(sharedPath('golden', 'network', `${name}_raw.npy`), 'NAC');
      const [found] = postprocess(raw, { conf: 0.001, nms: 0.65, inputSize, decoded: false });
      const ratio = Math.min(416 / height, 416 / width);
      const results = toCocoResults(restoreDetections(found!, ratio), Number(name), categoryIds);
      expect(results.length).toBe(expected.length);
      expect(results.length).toBeGreaterThan(50);
      for (const [i, result] of results.entries()) {
        expect(result.category_id).toBe(expected[i]!.category_id);
        expect(result.score).toBe(expected[i]!.score);
        for (let k = 0; k < 4; k++)
          expect(Math.abs(result.bbox[k]! - expected[i]!.bbox[k]!)).toBeLessThan(PIXELS);
      }
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectionDiff, detectionDrift } from '../../../reference/compare/index.ts';
import type { Detections } from '../../../reference/detections.ts';
import { boxIou } from '../../../reference/iou.ts';

type Row = [x1: number, y1: number, x2: number, y2: number, score: number, classIndex: number];

const detections = (rows: Row[]): Detections<'input'> => ({
  space: 'input',
  count: rows.length,
  boxes: Float32Array.from(rows.flatMap((row) => row.slice(0, 4))),
  scores: Float32Array.from(rows, (row) => row[4]),
  objectness: new Float32Array(rows.length).fill(1),
  classConfidence: Float32Array.from(rows, (row) => row[4]),
  classIndices: Uint16Array.from(rows, (row) => row[5]),
});

describe('detectionDiff', () => {
  const reference = detections([
    [0, 0, 10, 10, 0.75, 1],
    [100, 100, 120, 120, 0.5, 2],
    [200, 0, 210, 10, 0.5, 3],
    [300, 300, 310, 310, 0.25, 4],
  ]);
  const actual = detections([
    [100, 100, 120, 115, 0.625, 2],
    [0, 0, 10, 10, 0.5, 1],
    [200, 0, 210, 10, 0.5, 9],
    [400, 0, 410, 10, 0.5, 1],
  ]);

  it('sorts detections into kept, moved, class changed, lost and gained', () => {
    const diff = detectionDiff(reference, actual);
    expect(diff).toMatchObject({ referenceCount: 4, actualCount: 4, lost: [3], gained: [3] });
    expect(diff.kept).toEqual([
      { reference: 0, actual: 1, iou: 1, centreShift: 0, widthChange: 0, heightChange: 0, scoreDelta: -0.25 },
    ]);
    expect(diff.moved).toEqual([
      {
        reference: 1,
        actual: 0,
        iou: 0.75,
        centreShift: 2.5,
        widthChange: 0,
        heightChange: -5,
        scoreDelta: 0.125,
      },
    ]);
    expect(diff.classChanged).toMatchObject([{ reference: 2, actual: 2, iou: 1 }]);
  });

  it('pairs the greatest IoU first, not the first box', () => {
    const diff = detectionDiff(
      detections([
        [0, 0, 10, 8, 0.9, 1],
        [0, 0, 10, 10, 0.8, 1],
      ]),
      detections([[0, 0, 10, 10, 0.9, 1]]),
    );
    expect(diff.kept).toMatchObject([{ reference: 1, actual: 0 }]);
    expect(diff.lost).toEqual([0]);
  });

  const row = fc
    .tuple(
      fc.nat(20),
      fc.nat(20),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(10),
      fc.nat(2),
    )
    .map(([x, y, w, h, s, c]): Row => [x, y, x + w, y + h, s / 10, c]);
  const rows = fc.array(row, { maxLength: 12 });

  it('puts every detection into exactly one list, and leaves no pair that should have been taken', () => {
    fc.assert(
      fc.property(rows, rows, (b, a) => {
        const [db, da] = [detections(b), detections(a)];
        const diff = detectionDiff(db, da);
        const same = [...diff.kept, ...diff.moved];
        const pairs = [...same, ...diff.classChanged];
        expect([...pairs.map((p) => p.reference), ...diff.lost].sort((x, y) => x - y)).toEqual([...b.keys()]);
        expect([...pairs.map((p) => p.actual), ...diff.gained].sort((x, y) => x - y)).toEqual([...a.keys()]);
        for (const p of pairs) {
          expect(p.iou).toBe(boxIou(db.boxes, p.reference, da.boxes, p.actual));
          expect(p.iou).toBeGreaterThanOrEqual(0.5);
        }
        for (const p of same) expect(b[p.reference]![5]).toBe(a[p.actual]![5]);
        for (const p of diff.classChanged) expect(b[p.reference]![5]).not.toBe(a[p.actual]![5]);
        for (const p of diff.kept) expect(p.iou).toBeGreaterThanOrEqual(0.9);
        for (const p of diff.moved) expect(p.iou).toBeLessThan(0.9);
        // Greedy: a pair that was passed over must touch one that was taken with at least its IoU.
        for (const i of b.keys()) {
          for (const j of a.keys()) {
            const iou = boxIou(db.boxes, i, da.boxes, j);
            if (iou < 0.5 || b[i]![5] !== a[j]![5]) continue;
            expect(same.some((p) => (p.reference === i || p.actual === j) && p.iou >= iou)).toBe(true);
          }
        }
        for (const i of diff.lost) {
          for (const j of diff.gained) expect(boxIou(db.boxes, i, da.boxes, j)).toBeLessThan(0.5);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps everything against itself', () => {
    fc.assert(
      fc.property(rows, (b) => {
        const diff = detectionDiff(detections(b), detections(b));
        expect(diff.kept.length).toBe(b.length);
        expect(diff.kept.every((p) => p.iou === 1 && p.scoreDelta <= 1)).toBe(true);
      }),
    );
  });

  it('refuses thresholds that make no sense, and boxes of different pixel spaces', () => {
    for (const [matchIou, movedIou] of [
      [0, 0.9],
      [0.9, 0.5],
      [0.5, 1.1],
    ] as const) {
      expect(() => detectionDiff(reference, actual, { matchIou, movedIou })).toThrow(RangeError);
    }
    // @ts-expect-error boxes of the input and of the image do not compare
    expect(() => detectionDiff<'input'>(reference, { ...actual, space: 'image' })).toThrow(RangeError);
  });

  it('adds up over images, quantiles R-7', () => {
    const drift = detectionDrift([detectionDiff(reference, actual), detectionDiff(reference, reference)]);
    expect(drift).toMatchObject({
      images: 2,
      imagesChanged: 1,
      referenceCount: 8,
      actualCount: 8,
      kept: 5,
      moved: 1,
      classChanged: 1,
      lost: 1,
      gained: 1,
    });
    expect(drift.pairs?.iou).toMatchObject({ min: 0.75, p50: 1, max: 1, mean: 6.75 / 7 });
    expect(drift.pairs?.sizeChange.max).toBe(5);
    expect(drift.pairs?.scoreDelta).toMatchObject({ min: -0.25, max: 0.125 });
  });

  it('has no spreads where nothing pairs, and refuses no images and no detections', () => {
    const none = detections([]);
    expect(detectionDrift([detectionDiff(reference, none)])).toMatchObject({ lost: 4, pairs: null });
    expect(() => detectionDrift([])).toThrow(RangeError);
    expect(() => detectionDrift([detectionDiff(none, none)])).toThrow(/neither side/);
  });
});

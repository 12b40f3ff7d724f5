import fc from 'fast-check';
import { expect, test } from 'vitest';
import { masksOf } from '../../../datasets/scenes/mask.ts';

test('each owner has its pixels in run lengths down the columns, their number, and the smallest box around them', () => {
  const map = fc
    .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        owners: fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 3 }),
      }),
    );
  fc.assert(
    fc.property(map, ({ width, height, owners }) => {
      const masks = masksOf(owners, width, height);
      expect([...masks.keys()].sort()).toEqual([...new Set(owners)].filter((owner) => owner > 0).sort());
      for (const [owner, { runLengths, area, box }] of masks) {
        expect(runLengths.size).toEqual([height, width]);
        expect(runLengths.counts.slice(1).every((count) => count > 0)).toBe(true);
        const inside = runLengths.counts.flatMap((count, i) => new Array<boolean>(count).fill(i % 2 === 1));
        const pixels = inside.flatMap((own, i) =>
          own ? [[Math.floor(i / height), i % height] as const] : [],
        );
        const expected: (readonly [number, number])[] = [];
        for (let x = 0; x < width; x++) {
          for (let y = 0; y < height; y++) if (owners[y * width + x] === owner) expected.push([x, y]);
        }
        expect(inside).toHaveLength(width * height);
        expect(pixels).toEqual(expected);
        expect(area).toBe(expected.length);
        const columns = expected.map(([x]) => x);
        const rows = expected.map(([, y]) => y);
        const [left, top] = [Math.min(...columns), Math.min(...rows)];
        expect(box).toEqual([left, top, Math.max(...columns) - left + 1, Math.max(...rows) - top + 1]);
      }
    }),
  );
});

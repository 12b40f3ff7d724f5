/** COCO's uncompressed run lengths of a mask, column by column: pixels outside, inside, outside, … */
export interface RunLengths {
  /** Height, width. */
  readonly size: readonly [number, number];
  readonly counts: readonly number[];
}

export interface Mask {
  readonly runLengths: RunLengths;
  /** Number of pixels. */
  readonly area: number;
  /** xywh of the smallest box around the pixels. */
  readonly box: readonly [number, number, number, number];
}

/** The pixels of each owner but 0 in a map of owners (row-major), by owner. */
export function masksOf(owners: Uint8Array, width: number, height: number): Map<number, Mask> {
  const extents = new Map<number, Extent>();
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const owner = owners[at];
      if (owner === 0) continue;
      let extent = extents.get(owner);
      if (!extent) {
        extent = { area: 0, left: x, right: x, top: y, bottom: y };
        extents.set(owner, extent);
      }
      extent.area++;
      if (x < extent.left) extent.left = x;
      if (x > extent.right) extent.right = x;
      extent.bottom = y;
    }
  }
  return new Map(
    [...extents].map(([owner, extent]) => {
      const { area, left, right, top, bottom } = extent;
      const counts = runLengths(owners, width, height, owner, extent);
      return [
        owner,
        {
          runLengths: { size: [height, width], counts },
          area,
          box: [left, top, right - left + 1, bottom - top + 1],
        },
      ];
    }),
  );
}

interface Extent {
  area: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function runLengths(
  owners: Uint8Array,
  width: number,
  height: number,
  owner: number,
  { left, right, top, bottom }: Extent,
): number[] {
  const counts: number[] = [];
  // Positions count down the columns; a run goes from `start` to before `end`.
  let lastEnd = 0;
  let start = -1;
  let end = -1;
  for (let x = left; x <= right; x++) {
    for (let y = top, at = top * width + x; y <= bottom; y++, at += width) {
      if (owners[at] !== owner) continue;
      const position = x * height + y;
      if (position !== end) {
        if (start >= 0) {
          counts.push(start - lastEnd, end - start);
          lastEnd = end;
        }
        start = position;
      }
      end = position + 1;
    }
  }
  counts.push(start - lastEnd, end - start);
  if (end < width * height) counts.push(width * height - end);
  return counts;
}

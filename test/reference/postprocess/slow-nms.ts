const f = Math.fround;

/** IoU in float32, one rounding for each operation. */
export function iouOf(boxes: Float32Array, i: number, j: number): number {
  const [a, b] = [boxes.subarray(i * 4, i * 4 + 4), boxes.subarray(j * 4, j * 4 + 4)];
  const area = (box: Float32Array) => f(f(box[2]! - box[0]!) * f(box[3]! - box[1]!));
  const w = Math.max(0, f(Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!)));
  const h = Math.max(0, f(Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!)));
  const inter = f(w * h);
  return f(inter / f(f(area(a) + area(b)) - inter));
}

/** torchvision's kernel in its plainest form: every pair, nothing left out. */
export function slowNms(boxes: Float32Array, scores: Float32Array, threshold: number): number[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const kept: number[] = [];
  const gone = new Set<number>();
  order.forEach((i, rank) => {
    if (gone.has(i)) return;
    kept.push(i);
    for (const j of order.slice(rank + 1)) {
      if (iouOf(boxes, i, j) > threshold) gone.add(j);
    }
  });
  return kept;
}

export function slowTrick(
  boxes: Float32Array,
  scores: Float32Array,
  classes: Uint16Array,
  threshold: number,
): number[] {
  return slowNms(movedApart(boxes, classes), scores, threshold);
}

export function slowClassByClass(
  boxes: Float32Array,
  scores: Float32Array,
  classes: Uint16Array,
  threshold: number,
): Set<number> {
  const kept = new Set<number>();
  for (const c of new Set(classes)) {
    const members = [...classes.keys()].filter((i) => classes[i] === c);
    const own = Float32Array.from(members.flatMap((i) => [...boxes.subarray(i * 4, i * 4 + 4)]));
    const ownScores = Float32Array.from(members, (i) => scores[i]!);
    for (const k of slowNms(own, ownScores, threshold)) kept.add(members[k]!);
  }
  return kept;
}

export const movedApart = (boxes: Float32Array, classes: Uint16Array): Float32Array => {
  const width = f(boxes.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY) + 1);
  return boxes.map((x, i) => f(x + f(classes[i >> 2]! * width)));
};

export interface LatencyAndThroughput {
  /** Less is better. */
  readonly milliseconds: number;
  /** More is better. */
  readonly imagesPerSecond: number;
}

/**
 * The points that no other one beats: none is at least as good in both figures and better in one. Equal points are on
 * the front together.
 * @returns places in `points`, from the lowest latency to the highest throughput; equal ones in their given order.
 */
export function paretoFront(points: readonly LatencyAndThroughput[]): number[] {
  const order = points
    .map((_, index) => index)
    .sort(
      (a, b) =>
        points[a]!.milliseconds - points[b]!.milliseconds ||
        points[b]!.imagesPerSecond - points[a]!.imagesPerSecond ||
        a - b,
    );
  const front: number[] = [];
  for (const index of order) {
    const last = points[front.at(-1) ?? -1];
    const { milliseconds, imagesPerSecond } = points[index]!;
    if (
      last === undefined ||
      imagesPerSecond > last.imagesPerSecond ||
      (imagesPerSecond === last.imagesPerSecond && milliseconds === last.milliseconds)
    ) {
      front.push(index);
    }
  }
  return front;
}

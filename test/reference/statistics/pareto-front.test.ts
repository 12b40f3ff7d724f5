import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LatencyAndThroughput, paretoFront } from '../../../reference/statistics/index.ts';

const beats = (a: LatencyAndThroughput, b: LatencyAndThroughput): boolean =>
  a.milliseconds <= b.milliseconds &&
  a.imagesPerSecond >= b.imagesPerSecond &&
  (a.milliseconds < b.milliseconds || a.imagesPerSecond > b.imagesPerSecond);

it('paretoFront holds exactly the points that no other one beats, from low latency to high throughput', () => {
  // Few different values, so that ties and equal points come up.
  const point = fc.record({
    milliseconds: fc.integer({ min: 1, max: 8 }),
    imagesPerSecond: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 20 }), (points) => {
      const front = paretoFront(points);
      const unbeaten = points.flatMap((one, index) =>
        points.some((other) => beats(other, one)) ? [] : [index],
      );
      expect([...front].sort((a, b) => a - b)).toEqual(unbeaten);
      for (let i = 1; i < front.length; i++) {
        expect(points[front[i]!]!.milliseconds).toBeGreaterThanOrEqual(points[front[i - 1]!]!.milliseconds);
      }
    }),
  );
  expect(paretoFront([])).toEqual([]);
});

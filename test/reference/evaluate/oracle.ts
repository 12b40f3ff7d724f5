import type { CocoResult } from '../../../reference/detections.ts';
import type { CocoAnnotation, CocoGroundTruth } from '../../../reference/evaluate/index.ts';

/**
 * COCO's evaluation of boxes as its definition reads, slowly, over plain objects: one run of the matching for each
 * image, category, area range and threshold, and every point of every curve written out. It shares no code with the
 * evaluation that it checks.
 */

const THRESHOLDS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95];
const AREAS: [number, number][] = [
  [0, 1e10],
  [0, 1024],
  [1024, 9216],
  [9216, 1e10],
];

interface Judged {
  score: number;
  verdict: 'right' | 'wrong' | 'ignored';
}

export function oracleEvaluate(
  groundTruth: CocoGroundTruth,
  results: readonly CocoResult[],
): { stats: number[]; categoryAp: Map<number, number> } {
  const imageIds = groundTruth.images.map((image) => image.id).sort((a, b) => a - b);
  const categoryIds = groundTruth.categories.map((category) => category.id).sort((a, b) => a - b);

  /** One curve: 101 precisions and the final recall; undefined when there is nothing to find. */
  function curve(categoryId: number, threshold: number, area: [number, number], limit: number) {
    const all: Judged[] = [];
    let toFind = 0;
    for (const imageId of imageIds) {
      const of = (entry: { image_id: number; category_id: number }): boolean =>
        entry.image_id === imageId && entry.category_id === categoryId;
      const judged = judgeImage(groundTruth.annotations.filter(of), results.filter(of), threshold, area);
      toFind += judged.toFind;
      all.push(...judged.detections.slice(0, limit));
    }
    if (toFind === 0) return undefined;
    all.sort((a, b) => b.score - a.score);
    let right = 0;
    let wrong = 0;
    const points: { recall: number; precision: number }[] = [];
    for (const { verdict } of all) {
      if (verdict === 'right') right++;
      if (verdict === 'wrong') wrong++;
      points.push({ recall: right / toFind, precision: right / (right + wrong + 2 ** -52) });
    }
    const precisions: number[] = [];
    for (let r = 0; r <= 100; r++) {
      const wanted = r === 100 ? 1 : r * 0.01;
      precisions.push(
        Math.max(0, ...points.filter((point) => point.recall >= wanted).map((point) => point.precision)),
      );
    }
    return { precisions, recall: points.at(-1)?.recall ?? 0 };
  }

  function precision(thresholds: number[], area: [number, number], categories = categoryIds): number {
    return mean(
      thresholds.flatMap((t) => categories.flatMap((c) => curve(c, t, area, 100)?.precisions ?? [])),
    );
  }
  function recall(area: [number, number], limit: number): number {
    return mean(
      THRESHOLDS.flatMap((t) => categoryIds.flatMap((c) => curve(c, t, area, limit)?.recall ?? [])),
    );
  }

  const [all, small, medium, large] = AREAS as [
    [number, number],
    [number, number],
    [number, number],
    [number, number],
  ];
  return {
    stats: [
      precision(THRESHOLDS, all),
      precision([0.5], all),
      precision([0.75], all),
      precision(THRESHOLDS, small),
      precision(THRESHOLDS, medium),
      precision(THRESHOLDS, large),
      recall(all, 1),
      recall(all, 10),
      recall(all, 100),
      recall(small, 100),
      recall(medium, 100),
      recall(large, 100),
    ],
    categoryAp: new Map(categoryIds.map((id) => [id, precision(THRESHOLDS, all, [id])])),
  };
}

function judgeImage(
  annotations: readonly CocoAnnotation[],
  results: readonly CocoResult[],
  threshold: number,
  [smallest, biggest]: [number, number],
): { detections: Judged[]; toFind: number } {
  const objects = annotations.map((annotation) => ({
    annotation,
    crowd: annotation.iscrowd === 1,
    ignored: annotation.iscrowd === 1 || annotation.area < smallest || annotation.area > biggest,
    taken: false,
  }));
  const best = [...results].sort((a, b) => b.score - a.score).slice(0, 100);
  const detections = best.map((result): Judged => {
    const area = result.bbox[2] * result.bbox[3];
    for (const wantIgnored of [false, true]) {
      let chosen: (typeof objects)[number] | undefined;
      let chosenIou = threshold;
      for (const object of objects) {
        if (object.ignored !== wantIgnored || (object.taken && !object.crowd)) continue;
        const iou = overlap(result.bbox, object.annotation.bbox, object.crowd);
        if (iou >= chosenIou) {
          chosen = object;
          chosenIou = iou;
        }
      }
      if (chosen) {
        chosen.taken = true;
        return { score: result.score, verdict: wantIgnored ? 'ignored' : 'right' };
      }
    }
    return { score: result.score, verdict: area < smallest || area > biggest ? 'ignored' : 'wrong' };
  });
  return { detections, toFind: objects.filter((object) => !object.ignored).length };
}

type Box = readonly [number, number, number, number];

function overlap(detection: Box, object: Box, crowd: boolean): number {
  const [dx, dy, dw, dh] = detection;
  const [ox, oy, ow, oh] = object;
  const width = Math.min(dx + dw, ox + ow) - Math.max(dx, ox);
  const height = Math.min(dy + dh, oy + oh) - Math.max(dy, oy);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (crowd ? dw * dh : dw * dh + ow * oh - both);
}

function mean(values: number[]): number {
  return values.length === 0 ? -1 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

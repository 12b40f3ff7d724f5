import { z } from 'zod';

const spreadSchema = z.object({
  min: z.number(),
  p10: z.number(),
  p50: z.number(),
  p90: z.number(),
  max: z.number(),
  mean: z.number(),
});

const histogramSchema = z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) });

export const detectionDifferenceSchema = z.object({
  conf: z.number(),
  nms: z.number(),
  images: z.number().int(),
  /** Images on which a detection was lost, gained, moved or changed its class. */
  imagesChanged: z.number().int(),
  referenceCount: z.number().int(),
  actualCount: z.number().int(),
  kept: z.number().int(),
  moved: z.number().int(),
  classChanged: z.number().int(),
  lost: z.number().int(),
  gained: z.number().int(),
  /** Over all detections that have a counterpart: pixels of the image, scores as actual less reference. */
  pairs: z
    .object({
      iou: spreadSchema,
      centreShift: spreadSchema,
      sizeChange: spreadSchema,
      scoreDelta: spreadSchema,
    })
    .nullable(),
  /** Of the same pairs; the end bins hold what lies beyond. */
  histograms: z.object({ scoreDelta: histogramSchema, centreShift: histogramSchema }),
  /** The images that changed most. */
  changedImages: z.array(
    z.object({
      imageId: z.number().int(),
      fileName: z.string(),
      kept: z.number().int(),
      moved: z.number().int(),
      classChanged: z.number().int(),
      lost: z.number().int(),
      gained: z.number().int(),
    }),
  ),
});

export type DetectionDifference = z.infer<typeof detectionDifferenceSchema>;

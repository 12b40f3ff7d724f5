import { z } from 'zod';
import { figure } from './figure.ts';

/** A value over images: how it is distributed, and where it is worst. */
const distributionSchema = z.object({
  count: z.number().int(),
  min: figure,
  median: figure,
  mean: figure,
  p90: figure,
  max: figure,
});

const tensorGroupSchema = z.object({
  /** `all`, or reg / obj / cls at one stride: `obj/16`. */
  group: z.string(),
  metrics: z.record(z.string(), distributionSchema),
});

export const tensorDifferenceSchema = z.object({
  images: z.number().int(),
  identicalImages: z.number().int(),
  /** After decode: pixels of the network input and probabilities. */
  decoded: z.array(tensorGroupSchema),
  /** As the network hands it over; null where one side only hands over decoded boxes. */
  raw: z.array(tensorGroupSchema).nullable(),
  worstImages: z.array(
    z.object({ imageId: z.number().int(), fileName: z.string(), sqnr: figure, maxAbs: figure }),
  ),
});

export type Distribution = z.infer<typeof distributionSchema>;
export type TensorDifference = z.infer<typeof tensorDifferenceSchema>;

import { z } from 'zod';
import { figure } from './figure.ts';

/** A difference of a figure with its interval, as `pairedBootstrap` of the reference finds it; fractions. */
export const figureDifferenceSchema = z.object({
  difference: z.number(),
  /** Null, as the interval, where the images show no spread or are too few. */
  standardError: figure,
  low: figure,
  high: figure,
  /** Images evaluated; of a category those with an object of it. */
  images: z.number().int(),
});

export const differencesSchema = z.record(z.string(), figureDifferenceSchema.nullable());

const bandSchema = z.object({ low: z.number(), high: z.number() });
const bandsSchema = z.record(z.string(), bandSchema.nullable());

/** How sure a difference from the reference is: over images drawn again, outputs swapped, and orders of equal scores. */
export const differenceStatisticsSchema = z.object({
  method: z.string(),
  replicates: z.number().int(),
  confidence: z.number(),
  seed: z.number().int(),
  permutations: z.number().int(),
  /** This backend less the reference, by metric. */
  metrics: differencesSchema,
  /** Of the permutation test, by metric. */
  p: z.record(z.string(), figure),
  /** How far each side's figures go over the orders of its detections with equal scores. */
  tieBands: z.object({ reference: bandsSchema, own: bandsSchema }),
  /** By metric: whether one side lies in the tie band of the other, which makes the difference none. */
  withinTies: z.record(z.string(), z.boolean()),
  /** As the categories of the difference. */
  categories: z.array(
    z.object({
      categoryId: z.number().int(),
      ap: figureDifferenceSchema.nullable(),
      p: figure,
      /** Corrected for the number of categories (Benjamini and Hochberg). */
      adjustedP: figure,
      withinTies: z.boolean(),
    }),
  ),
});

export type FigureDifferenceRecord = z.infer<typeof figureDifferenceSchema>;
export type DifferenceStatistics = z.infer<typeof differenceStatisticsSchema>;

import { z } from 'zod';
import { figure } from './figure.ts';

/** A difference from the reference held against the loss that is allowed: see `threeWayVerdict` of the reference. */
export const judgementSchema = z.object({
  metric: z.string(),
  /** The loss that is allowed; a fraction. */
  budget: z.number(),
  verdict: z.enum(['regressed', 'equivalent', 'cannot-tell']),
  /** Which way the interval leaves 0 out. */
  direction: z.enum(['worse', 'better', 'unclear']),
  /** Whether the whole interval is a gain of more than the budget. */
  beyondGain: z.boolean(),
  /** Where it cannot tell: images that would, estimated; null where nobody knows. */
  imagesNeeded: figure,
  /** Whether the difference is one that the order of equal scores can make. */
  withinTies: z.boolean(),
});

export type Judgement = z.infer<typeof judgementSchema>;

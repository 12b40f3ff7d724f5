import { z } from 'zod';
import { figure } from './figure.ts';

export const quantizationSchema = z.object({
  bits: z.union([z.literal(8), z.literal(16)]),
  execution: z.enum(['exact', 'fast', 'card']),
  /** Null where a card ran it, whose rounding nobody says. */
  rounding: z.enum(['half-away-from-zero', 'half-to-even', 'half-up']).nullable(),
  weightScales: z.enum(['per-tensor', 'per-channel']),
  /** Where the input scales come from: a quantised checkpoint, or calibration images. */
  source: z.object({
    kind: z.enum(['checkpoint', 'calibration']),
    description: z.string(),
    sha256: z.string().optional(),
    images: z.number().int().optional(),
    /** The first tensor that a checkpoint holds other values of than the weights of the run; absent where it holds all of theirs. */
    firstOtherWeights: z.string().optional(),
  }),
  convolutions: z.number().int(),
  floatConvolutions: z.number().int(),
  saturation: z.array(z.object({ layer: z.string(), saturated: z.number(), total: z.number() })),
  /** SQNR of the fast execution against the exact one on the first image; null where only the exact one ran, or both agree. */
  fastAgainstExactDb: figure,
});

export type QuantizationRecord = z.infer<typeof quantizationSchema>;

import { z } from 'zod';
import { figure } from './figure.ts';

/** What the numbers of a backend's outputs say was done to them, held against the reference's. */
export const decodeStateSchema = z.object({
  state: z.enum(['raw', 'decoded']),
  healthy: z.boolean(),
  images: z.number().int(),
  /** Distance from the reference that is left once every finding is undone: 0 … 1.7. */
  residual: z.number(),
  findings: z.array(
    z.object({
      code: z.string(),
      sentence: z.string(),
      evidence: z.object({
        measure: z.string(),
        unit: z.string(),
        errorBefore: z.number(),
        errorAfter: figure,
        images: z.number().int(),
      }),
      portLine: z.string(),
      undoable: z.boolean(),
    }),
  ),
});

export type DecodeState = z.infer<typeof decodeStateSchema>;

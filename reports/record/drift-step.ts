import { z } from 'zod';
import { differencesSchema } from './difference-statistics.ts';
import { figure, metricsSchema } from './figure.ts';

/** One step on the way from the reference to the last stage of the port. */
export const driftStepSchema = z.object({
  /** Names of backends. */
  from: z.string(),
  to: z.string(),
  /** What the step adds. */
  cause: z.enum(['quantisation', 'the card, online', 'the offline model', 'another core number']),
  /** `to` minus `from`, over the same images; the steps' differences add up to that of the whole way. */
  metrics: metricsSchema,
  /** `to` minus the reference: where the steps have come to. */
  fromReference: metricsSchema,
  /** The same differences as `metrics` with their intervals; empty where none were asked for. */
  interval: differencesSchema.default({}),
  /** Share of the whole way's loss in AP; null where that loses nothing, or no more than its ties. */
  whole: figure.default(null),
});

export type DriftStep = z.infer<typeof driftStepSchema>;

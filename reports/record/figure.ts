import { z } from 'zod';

/** A number, or null where there is none. */
export const figure = z.number().nullable();

export const metricsSchema = z.record(z.string(), figure);

export const provenanceSchema = z.enum(['measured', 'replayed', 'emulated', 'modelled']);

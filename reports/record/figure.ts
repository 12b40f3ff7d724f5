import { z } from 'zod';

/** A number, or null where there is none. */
export const figure = z.number().nullable();

/** An AP or AR, or a difference of two: beyond −1 … 1 is none that anything found. */
export const cocoFigure = z.number().min(-1, { error: beyondOne }).max(1, { error: beyondOne }).nullable();

function beyondOne({ input }: { readonly input?: unknown }): string {
  return `${JSON.stringify(input)} is no AP or AR, nor a difference of two: those lie within −1 … 1`;
}

export const metricsSchema = z.record(z.string(), cocoFigure);

/** In UTC, as everywhere: runs are put in order by the text. */
export const timeSchema = z.iso.datetime({
  error: ({ input }) => `${JSON.stringify(input)} is no date and time such as 2026-11-24T02:30:00.000Z`,
});

export const provenanceSchema = z.enum(['measured', 'replayed', 'emulated', 'modelled']);

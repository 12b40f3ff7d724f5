import { z } from 'zod';
import type { ImageEvidence } from '../../reference/diagnose/index.ts';
import { type LatencyPoint, latencyPointSchema, runRecordSchema } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { ArrayPlace } from '../store/json-array-writer.ts';
import type { BackendImage, FailedImage } from './image-result.ts';
import type { RunOptions } from './run-options.ts';

/** The first line of a journal: what the run is of. */
export interface RunEntry {
  readonly kind: 'run';
  readonly version: typeof JOURNAL_VERSION;
  readonly startedAt: string;
  /** Which relative paths of the options are of. */
  readonly workingFolder: string;
  /** As it was asked for, before defaults; null where it was not started from options that a user gave. */
  readonly config: RunConfig | null;
  readonly options: RunOptions;
  readonly size: { readonly height: number; readonly width: number };
  readonly environment: z.infer<typeof runRecordSchema.shape.environment>;
  readonly inputs: InputHashes;
}

/** What the figures of a run depend on besides its options. */
export interface InputHashes {
  readonly weights: string;
  readonly annotations: string;
  /** Of every image that was selected, in their order, also those of other shards. */
  readonly imageIds: readonly number[];
  /** Of each other file that the options name, by what it is. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the scales of each quantised backend of this machine. */
  readonly scales: Readonly<Record<string, string>>;
}

export interface BackendEntry {
  readonly kind: 'backend';
  readonly description: BackendDescription;
  readonly isReference: boolean;
  readonly detectionsFile: string | null;
  readonly layers: readonly string[];
}

/** What is to be said of the noise floor, measured or not. */
export interface FloorEntry {
  readonly kind: 'floor';
  readonly note: string;
}

/** One image, finished. Results that have a file are there, up to its place. */
export interface ImageEntry {
  readonly kind: 'image';
  readonly place: number;
  readonly imageId: number;
  readonly backends: Readonly<Record<string, StoredImage | FailedImage>>;
  readonly files: Readonly<Record<string, ArrayPlace>>;
}

export type StoredImage = Omit<BackendImage, 'results'> & {
  readonly results: BackendImage['results'] | null;
};

/** A point that took all of its samples. */
export interface LatencyEntry {
  readonly kind: 'latency';
  readonly backend: string;
  readonly point: LatencyPoint;
}

/** A sentence for the warnings of the record. */
export interface NoteEntry {
  readonly kind: 'note';
  readonly sentence: string;
}

export type JournalEntry = RunEntry | BackendEntry | FloorEntry | ImageEntry | LatencyEntry | NoteEntry;

export const JOURNAL_VERSION = 2;

const object = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);
const whole = z.number().int();
const floats = z.instanceof(Float32Array);

export const resultSchema = z.object({
  image_id: whole,
  category_id: whole,
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  score: z.number(),
});

const demoSchema = z
  .object({
    space: z.literal('image'),
    count: whole,
    boxes: floats,
    scores: floats,
    objectness: floats,
    classConfidence: floats,
    classIndices: z.instanceof(Uint16Array),
  })
  .refine(({ count, boxes, scores, classIndices }) => {
    return boxes.length === 4 * count && scores.length === count && classIndices.length === count;
  });

const groupFiguresSchema = z.object({ groups: z.array(z.string()), values: z.instanceof(Float64Array) });

const storedImageSchema = z.object({
  results: z.array(resultSchema).nullable(),
  demo: demoSchema,
  difference: z
    .object({
      sqnr: z.number().nullable(),
      maxAbs: z.number(),
      decoded: groupFiguresSchema,
      raw: groupFiguresSchema.nullable(),
    })
    .nullable(),
  saturation: z.object({ saturated: z.array(whole), total: z.array(whole) }),
  evidence: object<ImageEvidence>().nullable(),
});

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const placeSchema = z.object({ end: whole.min(1), count: whole.min(0), crc: whole.min(0) });

/** A line as it must be; its CRC says that it is as it was written, the schema that this program understands it. */
export const journalEntrySchema: z.ZodType<JournalEntry> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    version: z.literal(JOURNAL_VERSION),
    startedAt: z.iso.datetime(),
    workingFolder: z.string(),
    config: object<RunConfig>().nullable(),
    options: object<RunOptions>(),
    size: z.object({ height: whole, width: whole }),
    environment: runRecordSchema.shape.environment,
    inputs: z.object({
      ...{ weights: hash, annotations: hash, imageIds: z.array(whole) },
      ...{ files: z.record(z.string(), hash), scales: z.record(z.string(), hash) },
    }),
  }),
  z.object({
    kind: z.literal('backend'),
    description: object<BackendDescription>(),
    isReference: z.boolean(),
    detectionsFile: z.string().nullable(),
    layers: z.array(z.string()),
  }),
  z.object({ kind: z.literal('floor'), note: z.string() }),
  z.object({
    kind: z.literal('image'),
    place: whole,
    imageId: whole,
    backends: z.record(z.string(), z.union([z.object({ failure: z.string() }), storedImageSchema])),
    files: z.record(z.string(), placeSchema),
  }),
  z.object({ kind: z.literal('latency'), backend: z.string(), point: latencyPointSchema }),
  z.object({ kind: z.literal('note'), sentence: z.string() }),
]);

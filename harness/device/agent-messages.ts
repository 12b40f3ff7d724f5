import { z } from 'zod';
import { AGENT_ERROR_KINDS } from './agent-failure.ts';

/** The version of PROTOCOL.md that is spoken here. */
export const PROTOCOL_VERSION = 1;

const milliseconds = z.number().nonnegative();
const rows = z.array(z.array(milliseconds).min(1)).min(1);
const count = z.number().int().nonnegative();
const requestId = z.number().int().positive();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256');

/** null where there is no such library; otherwise whatever is known of it. */
const library = z.looseObject({ standIn: z.string().nullish() }).nullable();

/** What an agent's machine has. */
export const agentInfoSchema = z.looseObject({
  python: z.unknown(),
  platform: z.unknown(),
  numpy: z.unknown(),
  torch: z.unknown(),
  torchMlu: library,
  cnrt: library,
});

export type AgentInfo = z.infer<typeof agentInfoSchema>;

/** Read before anything else of it, since another version's first word may look like anything. */
export const helloVersionSchema = z.looseObject({ type: z.literal('hello'), protocol: z.number() });

export const helloSchema = helloVersionSchema.extend({ agent: z.string(), info: agentInfoSchema });

export type Hello = z.infer<typeof helloSchema>;

export const agentMessageSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('heartbeat'), seconds: z.number() }),
  z.looseObject({
    type: z.literal('progress'),
    id: requestId,
    done: z.number().nonnegative(),
    total: z.number().nonnegative().nullable(),
    text: z.string(),
  }),
  z.looseObject({ type: z.literal('result'), id: requestId, result: z.unknown() }),
  z.looseObject({
    type: z.literal('error'),
    id: requestId,
    kind: z.enum(AGENT_ERROR_KINDS),
    message: z.string(),
    traceback: z.string().nullish(),
  }),
]);

export const hasFileResult = z.looseObject({ present: z.boolean() });

export const putFileResult = z.looseObject({ received: count, complete: z.boolean() });

export const exportOfflineResult = z.looseObject({
  model: sha256,
  name: z.string(),
  warnings: z.array(z.string()).default([]),
});

/** What an opened session says of itself. */
export const sessionDescriptionSchema = z.looseObject({
  /** `CPU`, `MLU270`. */
  device: z.string(),
  /** `float32`, `int16`. */
  precision: z.string(),
  /** Names and versions. */
  engine: z.string(),
  /** Cores of one inference, as the device says it. */
  coreNumber: count,
  /** Whether the boxes are decoded; null where only the numbers can tell. */
  decoded: z.boolean().nullable(),
  /** null, or the sentence in which a library says that it is none of the vendor's. */
  standIn: z.string().nullable(),
  /** Sentences: what was odd while it was opened, as an option that the vendor's library refused. */
  warnings: z.array(z.string()).default([]),
  details: z.record(z.string(), z.unknown()),
});

export type SessionDescription = z.infer<typeof sessionDescriptionSchema>;

export const inferResult = z.looseObject({
  hostMs: milliseconds,
  deviceMs: milliseconds.nullable(),
  output: sha256,
});

export const measureResult = z.looseObject({
  hostMs: rows,
  deviceMs: rows.nullable(),
  wallSeconds: z.number().nonnegative(),
  sameOutputs: z.boolean(),
});

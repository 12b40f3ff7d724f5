import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { AgentConnection } from './agent-connection.ts';
import { type LocalFile, sendFile } from './agent-files.ts';
import { exportOfflineResult, type SessionDescription, sessionDescriptionSchema } from './agent-messages.ts';
import type { AgentOptions } from './agent-options.ts';
import { checkedResult } from './checked-result.ts';
import type { SessionSpec } from './session-spec.ts';

/** A compiler of the vendor's may take its time. */
const EXPORT_SECONDS = 3600;

/** The one file that a session needs from this machine. */
export function fileOf(spec: SessionSpec): string {
  if (spec.kind !== 'offline') return spec.checkpoint;
  return typeof spec.model === 'string' ? spec.model : spec.model.exportFrom;
}

/** Sends what the agent lacks, has it export an offline model where one is wanted, and opens the session. */
export async function openSession(
  connection: AgentConnection,
  spec: SessionSpec,
  file: LocalFile,
  options: AgentOptions,
): Promise<SessionDescription> {
  await sendFile(connection, file, options);
  const { result } = await connection.request('open', await openParams(connection, spec, file, options));
  return checkedResult(sessionDescriptionSchema, 'open', result);
}

async function openParams(
  connection: AgentConnection,
  spec: SessionSpec,
  { sha256 }: LocalFile,
  options: AgentOptions,
): Promise<Record<string, unknown>> {
  const { kind } = spec;
  const size = heightAndWidth(spec.size);
  if (spec.kind === 'float') return { kind, checkpoint: sha256, size, decode: spec.decode };
  const { batch } = spec;
  if (spec.kind === 'online') {
    const { coreNumber, coreVersion } = spec;
    // The form of a port's online step; the order of channels is felt by an integer first layer alone, which YOLOX has not.
    return {
      kind,
      checkpoint: sha256,
      size,
      batch,
      coreNumber,
      coreVersion,
      inputFormat: 0,
      decode: 'concatenated',
    };
  }
  const model = typeof spec.model === 'string' ? sha256 : await exported(connection, spec, sha256, options);
  return { kind, model, size, batch, classes: spec.classes, contexts: spec.contexts ?? 1 };
}

async function exported(
  connection: AgentConnection,
  spec: SessionSpec & { readonly kind: 'offline' },
  checkpoint: string,
  { onProgress }: AgentOptions,
): Promise<string> {
  const { batch, coreNumber, coreVersion } = spec;
  const inputFormat = typeof spec.model === 'string' ? 0 : spec.model.inputFormat;
  const { result } = await connection.request(
    'export-offline',
    { checkpoint, size: heightAndWidth(spec.size), batch, coreNumber, coreVersion, inputFormat },
    { limitSeconds: EXPORT_SECONDS, ...(onProgress ? { onProgress } : {}) },
  );
  return checkedResult(exportOfflineResult, 'export-offline', result).model;
}

function heightAndWidth({ height, width }: PixelSize): [number, number] {
  return [height, width];
}

import type { z } from 'zod';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { AgentConnection } from './agent-connection.ts';
import { type LocalFile, sendFile } from './agent-files.ts';
import { exportOfflineResult, type SessionDescription, sessionDescriptionSchema } from './agent-messages.ts';
import { type AgentOptions, DEFAULT_SECONDS } from './agent-options.ts';
import { checkedResult } from './checked-result.ts';
import type { SessionSpec } from './session-spec.ts';

/** The vendor's own default: the order of channels is felt by an integer first layer alone, which YOLOX has not. */
const INPUT_FORMAT = 0;

/** The one file that a session needs from this machine. */
export function fileOf(spec: SessionSpec): string {
  if (spec.kind === 'online') return spec.checkpoint;
  return typeof spec.model === 'string' ? spec.model : spec.model.exportFrom;
}

/**
 * Sends what the agent lacks, has it export an offline model where one is wanted, and opens the session.
 * @returns what the session says of itself, with the warnings of its export before its own.
 */
export async function openSession(
  connection: AgentConnection,
  spec: SessionSpec,
  file: LocalFile,
  options: AgentOptions,
): Promise<SessionDescription> {
  await sendFile(connection, file, options);
  const exported = isToBeExported(spec) ? await exportModel(connection, spec, file, options) : null;
  const { result } = await connection.request('open', openParams(spec, exported?.model ?? file.sha256));
  const description = checkedResult(sessionDescriptionSchema, 'open', result);
  return { ...description, warnings: [...(exported?.warnings ?? []), ...description.warnings] };
}

/** @param sha256 of the checkpoint or offline model. */
function openParams(spec: SessionSpec, sha256: string): Record<string, unknown> {
  const { kind, batch } = spec;
  const size = heightAndWidth(spec.size);
  if (kind === 'offline') {
    return { kind, model: sha256, size, batch, classes: spec.classes, contexts: spec.contexts ?? 1 };
  }
  const { coreNumber, coreVersion } = spec;
  const compiled = { size, batch, coreNumber, coreVersion, inputFormat: INPUT_FORMAT };
  // The form of a port's online step.
  return { kind, checkpoint: sha256, ...compiled, decode: 'concatenated' };
}

function isToBeExported(spec: SessionSpec): spec is SessionSpec & { readonly kind: 'offline' } {
  return spec.kind === 'offline' && typeof spec.model !== 'string';
}

async function exportModel(
  connection: AgentConnection,
  spec: SessionSpec & { readonly kind: 'offline' },
  { sha256 }: LocalFile,
  { onProgress, timeoutSeconds = DEFAULT_SECONDS.export }: AgentOptions,
): Promise<z.infer<typeof exportOfflineResult>> {
  const { batch, coreNumber, coreVersion } = spec;
  const compiled = { size: heightAndWidth(spec.size), batch, coreNumber, coreVersion };
  const { result } = await connection.request(
    'export-offline',
    { checkpoint: sha256, ...compiled, inputFormat: INPUT_FORMAT },
    { limitSeconds: timeoutSeconds, ...(onProgress ? { onProgress } : {}) },
  );
  return checkedResult(exportOfflineResult, 'export-offline', result);
}

function heightAndWidth({ height, width }: PixelSize): [number, number] {
  return [height, width];
}

import type { SessionDescription } from '../device/index.ts';
import type { BackendDescription, OfflineModelRecord } from './backend.ts';

export interface SessionOrigin {
  /** Of what a card itself gave. */
  readonly provenance: 'measured' | 'replayed';
  readonly timedOn: string;
  readonly offlineModels: readonly OfflineModelRecord[];
}

/**
 * A backend by what a session on a device says of itself. Where its libraries say that they stand in for the vendor's, all
 * that comes of it is emulated, and its description says so.
 */
export function describeSession(
  name: string,
  { device, precision, engine, coreNumber, decoded, standIn, details }: SessionDescription,
  { provenance, timedOn, offlineModels }: SessionOrigin,
): BackendDescription {
  const from = standIn === null ? provenance : 'emulated';
  return {
    name,
    precision,
    engine: standIn === null ? engine : `stand-in for ${engine}`,
    device: standIn === null ? device : `stand-in for ${device}`,
    coreNumber,
    // Where only the numbers can tell, the check of the decode state does.
    decoded: decoded ?? true,
    outputProvenance: from,
    latencyProvenance: from,
    timedOn,
    details,
    ...(offlineModels.length > 0 ? { offlineModels } : {}),
  };
}

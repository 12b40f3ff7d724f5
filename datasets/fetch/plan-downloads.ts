import { join } from 'node:path';
import type { DownloadRequest } from './download-file.ts';
import type { Artifact } from './manifest.ts';

/** Where things go and come from. */
export interface FetchPlaces {
  /** The folder that is filled. */
  readonly folder: string;
  /** Where archives are put, and looked for. */
  readonly archives: string;
  /** An address that stands in for every origin; ends with `/`. */
  readonly mirror?: string;
}

/** `mirror` alone where there is one, so that nothing is asked of an address the user did not mean. */
export const addressesOf = (
  { origins, path }: Pick<Artifact, 'origins' | 'path'>,
  mirror: string | undefined,
): string[] => (mirror === undefined ? origins : [mirror]).map((origin) => `${origin}${path}`);

export function downloadOf(artifact: Artifact, folder: string, mirror: string | undefined): DownloadRequest {
  const { file, bytes, sha256, content } = artifact;
  return {
    label: file,
    path: join(folder, file),
    urls: addressesOf(artifact, mirror),
    sha256,
    content,
    ...(bytes === undefined ? {} : { bytes }),
  };
}

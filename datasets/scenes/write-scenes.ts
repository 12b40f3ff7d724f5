import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CocoImage } from '../../reference/evaluate/coco-ground-truth.ts';
import { formatChecksums, type ListedFile } from '../checksum-list.ts';
import { toSharp } from '../image.ts';
import { sha256 } from '../sha256.ts';
import { type SceneAnnotationEntry, sceneAnnotationEntries, sceneImageEntry } from './coco-entries.ts';
import { drawScene } from './draw-scene.ts';
import { CHECKSUMS_FILE } from './is-intact.ts';
import { SCENE_CATEGORIES } from './scene-categories.ts';
import type { ScenesName } from './scenes-name.ts';

/** Raised whenever a scene of some seed comes out another than before, so that no cache holds the old one. */
export const SCENES_VERSION = 2;

export const SCENES_ANNOTATIONS = 'instances.json';

/** Path of a scene's picture inside the folder, with `/`. */
export const scenePath = (fileName: string): string => `images/${fileName}`;

export interface DrawingJob {
  /** Aborted: drawing ends before the next scene, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each scene. */
  readonly onScene?: () => void;
}

/** Pictures being encoded while the next scene is drawn. */
const ENCODERS = 4;

/** Draws scenes into an empty folder: `instances.json`, `images/`, and a list of all files with their checksums. */
export async function writeScenes(
  folder: string,
  { count, seed }: ScenesName,
  job: DrawingJob,
): Promise<void> {
  await mkdir(join(folder, 'images'));
  const images: CocoImage[] = [];
  const annotations: SceneAnnotationEntry[][] = [];
  const pictures: ListedFile[] = [];
  const draw = async (index: number): Promise<void> => {
    const scene = drawScene(seed, index);
    const entry = sceneImageEntry(index, scene);
    images[index] = entry;
    annotations[index] = sceneAnnotationEntries(index, scene);
    const path = scenePath(entry.file_name);
    // Noise does not compress; the fastest setting gives files of about the same size.
    const png = await toSharp(scene.image).png({ compressionLevel: 1, adaptiveFiltering: false }).toBuffer();
    await writeFile(join(folder, path), png);
    pictures[index] = { path, sha256: sha256(png) };
    job.onScene?.();
  };
  let next = 0;
  let failed = false;
  const encoder = async (): Promise<void> => {
    try {
      while (next < count && !failed) {
        job.signal?.throwIfAborted();
        await draw(next++);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  // All of them end before an error goes on, so that nothing is written into a folder that is being taken away.
  const ends = await Promise.allSettled(Array.from({ length: ENCODERS }, encoder));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const text = JSON.stringify({
    info: {
      description: `Scenes drawn by mlu-parity: scenes:${count}?seed=${seed}, drawing version ${SCENES_VERSION}`,
    },
    licenses: [],
    images,
    categories: SCENE_CATEGORIES,
    annotations: annotations.flat(),
  });
  await writeFile(join(folder, SCENES_ANNOTATIONS), text);
  const files = [{ path: SCENES_ANNOTATIONS, sha256: sha256(text) }, ...pictures];
  await writeFile(join(folder, CHECKSUMS_FILE), formatChecksums(files));
}

import type { BackendRecord, RunRecord } from '../record/index.ts';

/** ` (25 of 50 images)` after a figure that does not cover the whole run; nothing after one that does. */
export function imagesNote({ dataset }: RunRecord, { images }: BackendRecord): string {
  return images < dataset.images ? ` (${images} of ${dataset.images} images)` : '';
}

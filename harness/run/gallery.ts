import { type ClassMap, type DatasetSample, readImage, toSharp } from '../../datasets/index.ts';
import { convertBoxes } from '../../reference/boxes.ts';
import { type AnnotatedObject, groundTruthHits } from '../../reference/compare/index.ts';
import type { Detections } from '../../reference/detections.ts';
import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import type { GalleryImage } from '../../reports/record/index.ts';
import type { RunFolder } from '../store/run-folder.ts';

const IMAGES = 8;
/** Longer side of a picture in the page, pixels. */
const LONGER_SIDE = 640;

interface Candidate {
  readonly sample: DatasetSample;
  readonly changes: number;
  readonly detections: ReadonlyMap<string, Detections<'image'>>;
}

/** Keeps, of all images scored, the few whose detections changed most; memory does not grow with their number. */
export class Gallery {
  readonly #most: Candidate[] = [];

  /** @param changes detections lost, gained, moved or of another class, over all backends. */
  consider(
    sample: DatasetSample,
    changes: number,
    detections: ReadonlyMap<string, Detections<'image'>>,
  ): void {
    if (changes === 0) return;
    this.#most.push({ sample, changes, detections });
    this.#most.sort((a, b) => b.changes - a.changes || a.sample.id - b.sample.id);
    this.#most.length = Math.min(this.#most.length, IMAGES);
  }

  /** Writes the pictures into the run folder and gives what the record says of them. */
  async save(folder: RunFolder, groundTruth: CocoGroundTruth, classes: ClassMap): Promise<GalleryImage[]> {
    const saved: GalleryImage[] = [];
    for (const { sample, detections } of this.#most) {
      const picture = await folder.savePicture(sample.id, await smallCopy(sample.path));
      saved.push({ ...galleryImage(sample, detections, groundTruth, classes), picture });
    }
    return saved;
  }
}

async function smallCopy(path: string): Promise<Uint8Array> {
  return toSharp(await readImage(path))
    .resize(LONGER_SIDE, LONGER_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}

function galleryImage(
  { id, fileName, width, height }: DatasetSample,
  detections: ReadonlyMap<string, Detections<'image'>>,
  groundTruth: CocoGroundTruth,
  { names, classIndex }: ClassMap,
): Omit<GalleryImage, 'picture'> {
  const annotations = groundTruth.annotations.filter(({ image_id }) => image_id === id);
  const objects = annotations.map(
    ({ category_id, bbox, iscrowd }): AnnotatedObject => ({
      classIndex: classIndex(category_id) ?? -1,
      box: convertBoxes(Float32Array.from(bbox), 'xywh', 'xyxy'),
      crowd: iscrowd === 1,
    }),
  );
  return {
    imageId: id,
    fileName,
    width,
    height,
    groundTruth: objects.map((object) => ({
      name: names[object.classIndex] ?? 'unknown category',
      xyxy: xyxyOf(object.box, 0),
      crowd: object.crowd,
    })),
    backends: [...detections].map(([backend, found]) => {
      const { fates, missed } = groundTruthHits(found, objects);
      return {
        backend,
        missed: [...missed],
        detections: fates.map((fate, i) => ({
          name: names[found.classIndices[i]!]!,
          xyxy: xyxyOf(found.boxes, i),
          score: found.scores[i]!,
          fate,
        })),
      };
    }),
  };
}

/** Hundredths of a pixel are enough for a picture, and a tenth of the text. */
function xyxyOf(boxes: Float32Array, i: number): [number, number, number, number] {
  const [x1, y1, x2, y2] = Array.from(
    boxes.subarray(4 * i, 4 * i + 4),
    (value) => Math.round(value * 100) / 100,
  );
  return [x1!, y1!, x2!, y2!];
}

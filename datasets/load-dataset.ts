import { isAbsolute, join, normalize, sep } from 'node:path';
import type { CocoGroundTruth, CocoImage } from '../reference/evaluate/coco-ground-truth.ts';
import { readGroundTruthFile } from './coco-json.ts';
import { DatasetError } from './dataset-error.ts';
import { checkGroundTruth, FindingCounter, type HealthFinding } from './health-check.ts';
import { readImageSize } from './image.ts';
import { readImageList } from './image-list.ts';
import type { DatasetLocation } from './locate-dataset.ts';
import { type SubsetSelection, selectSubset } from './subset.ts';

/** One picture of a data set. */
export interface DatasetSample {
  /** Image id of the annotation file. */
  readonly id: number;
  readonly fileName: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

export interface Dataset {
  readonly name: string;
  readonly split: string;
  readonly annotationsPath: string;
  /** Of the annotation file, hexadecimal. */
  readonly sha256: string;
  /** Of the selected images alone, with all categories. */
  readonly groundTruth: CocoGroundTruth;
  /** The selected images, by ascending id. */
  readonly samples: readonly DatasetSample[];
  readonly counts: {
    /** Selected, and in the whole file. */
    readonly images: number;
    readonly allImages: number;
    readonly annotations: number;
    readonly allAnnotations: number;
    readonly categories: number;
  };
  /** Of the whole annotation file, and of the pictures selected. */
  readonly health: readonly HealthFinding[];
}

/** As `SubsetSelection`, or a file with an image id or file name a line. */
export type DatasetSelection = SubsetSelection | { readonly listFile: string };

/**
 * Reads the annotation file, selects images, and looks at the selected pictures' sizes on disk (not at their pixels).
 *
 * What is wrong but leaves something to evaluate is in `health`, pictures that are missing or cannot be read included.
 *
 * @throws DatasetError when the annotation file or the selection cannot be used
 */
export async function loadDataset(
  location: DatasetLocation,
  selection: DatasetSelection = 'all',
): Promise<Dataset> {
  const { annotationsPath, imageDir, name, split } = location;
  const { groundTruth: all, sha256 } = await readGroundTruthFile(annotationsPath);
  if (all.images.length === 0) {
    throw new DatasetError(`cannot use the annotation file ${annotationsPath}: it has no images`);
  }
  const groundTruth = selectSubset(all, await asSubset(selection));
  const samples = groundTruth.images.map((image) => sampleOf(image, imageDir, annotationsPath));
  return {
    name,
    split,
    annotationsPath,
    sha256,
    groundTruth,
    samples,
    counts: {
      images: groundTruth.images.length,
      allImages: all.images.length,
      annotations: groundTruth.annotations.length,
      allAnnotations: all.annotations.length,
      categories: all.categories.length,
    },
    health: [...checkGroundTruth(all), ...(await checkPictures(samples))],
  };
}

async function asSubset(selection: DatasetSelection): Promise<SubsetSelection> {
  if (selection === 'all' || !('listFile' in selection)) return selection;
  return { images: await readImageList(selection.listFile) };
}

function sampleOf(image: CocoImage, imageDir: string, annotationsPath: string): DatasetSample {
  const { id, file_name: fileName, width, height } = image;
  const inside = normalize(fileName);
  if (isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`) || inside.includes('\0')) {
    throw new DatasetError(
      `cannot use the annotation file ${annotationsPath}: the file_name ${JSON.stringify(fileName)} of image ${id} leads ` +
        'out of the picture folder; make it relative to that folder',
    );
  }
  return { id, fileName, path: join(imageDir, inside), width, height };
}

/** Files looked at together; more would only queue. */
const LOOKS = 8;

async function checkPictures(samples: readonly DatasetSample[]): Promise<HealthFinding[]> {
  const problems = new Array<{ missing?: string; size?: string }>(samples.length);
  let next = 0;
  const look = async (): Promise<void> => {
    while (next < samples.length) {
      const i = next++;
      problems[i] = await checkPicture(samples[i]);
    }
  };
  await Promise.all(Array.from({ length: LOOKS }, look));
  const missing = new FindingCounter();
  const size = new FindingCounter();
  for (const problem of problems) {
    if (problem.missing) missing.add(problem.missing);
    if (problem.size) size.add(problem.size);
  }
  return [
    ...missing.finding('picture-missing', 'error', 'Pictures are missing or cannot be read.'),
    ...size.finding(
      'picture-size',
      'error',
      'Pictures have another size than the annotation file says, so that its boxes do not fit them.',
    ),
  ];
}

async function checkPicture(sample: DatasetSample): Promise<{ missing?: string; size?: string }> {
  try {
    const { width, height } = await readImageSize(sample.path);
    if (width === sample.width && height === sample.height) return {};
    return { size: `${sample.fileName}: ${width}×${height}, annotated as ${sample.width}×${sample.height}` };
  } catch (error) {
    if (error instanceof DatasetError) return { missing: error.message };
    throw error;
  }
}

import type { CocoResult } from '../reference/detections.ts';
import type {
  CocoAnnotation,
  CocoCategory,
  CocoGroundTruth,
  CocoImage,
} from '../reference/evaluate/coco-ground-truth.ts';
import { DatasetError } from './dataset-error.ts';
import { readJsonFile } from './json-file.ts';

export interface GroundTruthFile {
  readonly groundTruth: CocoGroundTruth;
  /** Of the bytes of the file, hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a COCO `instances_*.json`. Only what an evaluation of boxes needs is kept (no segmentation), so that the file's
 * memory is given back; values are checked for shape and type here, and for sense by `checkGroundTruth`.
 *
 * `iscrowd` may be missing (0). Of a key that stands twice in an entry the last counts.
 *
 * @throws DatasetError naming the file and the entry (`annotations[17].bbox`)
 */
export async function readGroundTruth(path: string): Promise<CocoGroundTruth> {
  return (await readGroundTruthFile(path)).groundTruth;
}

export async function readGroundTruthFile(path: string): Promise<GroundTruthFile> {
  const { value, sha256 } = await readJsonFile(path, 'annotation file');
  return { groundTruth: parseGroundTruth(value, path), sha256 };
}

/**
 * Reads a COCO results file: an array of `{image_id, category_id, bbox, score}`, other fields left out. An empty array is
 * a valid file without detections.
 *
 * @throws DatasetError naming the file and the entry (`[17].score`)
 */
export async function readResults(path: string): Promise<CocoResult[]> {
  const { value } = await readJsonFile(path, 'results file');
  return parseResults(value, path);
}

/** As `readGroundTruth`, of a file that is parsed already; `path` is for messages. */
export function parseGroundTruth(value: unknown, path: string): CocoGroundTruth {
  const check: EntryCheck = new EntryCheck('annotation file', path);
  if (Array.isArray(value)) {
    check.fail(
      'it is an array, as results files are; an annotation file is an object with images, categories and annotations',
    );
  }
  const top = check.record(value, 'the top level');
  return {
    images: check.list(top, 'images').map((entry, i): CocoImage => {
      const image = check.record(entry, `images[${i}]`);
      return {
        id: check.integer(image, 'id', 'images', i),
        file_name: check.text(image, 'file_name', 'images', i),
        width: check.positive(image, 'width', 'images', i),
        height: check.positive(image, 'height', 'images', i),
      };
    }),
    categories: check.list(top, 'categories').map((entry, i): CocoCategory => {
      const category = check.record(entry, `categories[${i}]`);
      return {
        id: check.integer(category, 'id', 'categories', i),
        name: check.text(category, 'name', 'categories', i),
      };
    }),
    annotations: check.list(top, 'annotations').map((entry, i): CocoAnnotation => {
      const annotation = check.record(entry, `annotations[${i}]`);
      const parsed: CocoAnnotation = {
        id: check.integer(annotation, 'id', 'annotations', i),
        image_id: check.integer(annotation, 'image_id', 'annotations', i),
        category_id: check.integer(annotation, 'category_id', 'annotations', i),
        bbox: check.box(annotation, 'annotations', i),
        area: check.finite(annotation, 'area', 'annotations', i),
        iscrowd: annotation.iscrowd === undefined ? 0 : check.flag(annotation, 'iscrowd', 'annotations', i),
      };
      if (annotation.ignore === undefined) return parsed;
      return { ...parsed, ignore: check.flag(annotation, 'ignore', 'annotations', i) };
    }),
  };
}

/** As `readResults`, of a file that is parsed already; `path` is for messages. */
export function parseResults(value: unknown, path: string): CocoResult[] {
  const check: EntryCheck = new EntryCheck('results file', path);
  if (!Array.isArray(value)) {
    const guess = value !== null && typeof value === 'object' && 'annotations' in value;
    check.fail(
      guess
        ? 'it is an annotation file; a results file is an array of {image_id, category_id, bbox, score}'
        : `its top level is ${show(value)}; a results file is an array of {image_id, category_id, bbox, score}`,
    );
  }
  return value.map((entry: unknown, i): CocoResult => {
    const result = check.record(entry, `[${i}]`);
    return {
      image_id: check.integer(result, 'image_id', '', i),
      category_id: check.integer(result, 'category_id', '', i),
      bbox: check.box(result, '', i),
      score: check.finite(result, 'score', '', i),
    };
  });
}

type Fields = { readonly [key: string]: unknown };

/** Checks by plain loops: a schema library takes seconds for the 36,781 annotations of val2017. */
class EntryCheck {
  readonly #what: string;
  readonly #path: string;

  constructor(what: string, path: string) {
    this.#what = what;
    this.#path = path;
  }

  fail(reason: string): never {
    throw new DatasetError(`cannot use the ${this.#what} ${this.#path}: ${reason}`);
  }

  #wrong(list: string, i: number, key: string, expected: string, value: unknown): never {
    const found = value === undefined ? 'is missing' : `is ${show(value)}`;
    this.fail(
      `${list}[${i}].${key} ${found} and must be ${expected}; correct the entry or export the file again`,
    );
  }

  record(value: unknown, where: string): Fields {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.fail(`${where} is ${show(value)} and must be an object; export the file again`);
    }
    return value as Fields;
  }

  list(top: Fields, key: string): readonly unknown[] {
    const value = top[key];
    if (!Array.isArray(value)) {
      const found = value === undefined ? `it has no "${key}"` : `its "${key}" is ${show(value)}`;
      this.fail(
        `${found}; an annotation file for detection has images, categories and annotations, each an array`,
      );
    }
    return value;
  }

  integer(entry: Fields, key: string, list: string, i: number): number {
    const value = entry[key];
    if (!Number.isSafeInteger(value)) this.#wrong(list, i, key, 'an integer of less than 2⁵³', value);
    return value as number;
  }

  positive(entry: Fields, key: string, list: string, i: number): number {
    const value = entry[key];
    if (!Number.isSafeInteger(value) || (value as number) <= 0)
      this.#wrong(list, i, key, 'a positive integer', value);
    return value as number;
  }

  finite(entry: Fields, key: string, list: string, i: number): number {
    const value = entry[key];
    if (!Number.isFinite(value)) this.#wrong(list, i, key, 'a finite number', value);
    return value as number;
  }

  text(entry: Fields, key: string, list: string, i: number): string {
    const value = entry[key];
    if (typeof value !== 'string' || value === '') this.#wrong(list, i, key, 'a text', value);
    return value;
  }

  flag(entry: Fields, key: string, list: string, i: number): 0 | 1 {
    const value = entry[key];
    if (value === 0 || value === false) return 0;
    if (value === 1 || value === true) return 1;
    return this.#wrong(list, i, key, '0 or 1', value);
  }

  box(entry: Fields, list: string, i: number): [number, number, number, number] {
    const value = entry.bbox;
    if (!Array.isArray(value) || value.length !== 4 || !value.every(Number.isFinite)) {
      this.#wrong(list, i, 'bbox', '4 finite numbers (x, y, width, height in pixels)', value);
    }
    const [x, y, width, height] = value as number[];
    return [x, y, width, height];
  }
}

/** A value in a message: short, on one line, and no walk into what may be nested a million deep. */
function show(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length <= 8 && value.every(isPlain)
      ? `[${value.map(show).join(', ')}]`
      : `an array of ${value.length}`;
  }
  if (!isPlain(value)) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

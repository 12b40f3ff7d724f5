import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { Detections } from '../../reference/detections.ts';
import { foldBatchNorm } from '../../reference/network/index.ts';
import { postprocess, restoreDetections } from '../../reference/postprocess/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { openEngine } from '../engines/index.ts';
import { BackendError, EXIT, type ExitCode, UsageError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { loadModel } from '../model/load-model.ts';
import { prepareImages } from '../model/prepare-images.ts';
import { makeEmptyFolder } from '../store/run-folder.ts';
import { formatTable } from '../terminal/table.ts';
import { readClassNames } from './class-names.ts';
import { drawDetections } from './draw-detections.ts';

export interface DetectFlags {
  readonly weights: string;
  readonly conf: number;
  readonly nms: number;
  readonly size?: number | [number, number];
  readonly engine: 'onnxruntime' | 'tfjs';
  readonly legacy?: true;
  readonly names?: string;
  readonly out?: string;
  readonly json?: true;
}

/** `mlu-parity detect`: pictures in; their detections printed and, with `--out`, drawn. */
export async function detectOnImages(paths: readonly string[], flags: DetectFlags): Promise<ExitCode> {
  checkFraction('--conf', flags.conf);
  checkFraction('--nms', flags.nms);
  const drawnNames = drawnFileNames(paths);
  const model = await loadModel(flags.weights);
  if ([...model.tensors.keys()].some((key) => key.endsWith('.quantized_mode'))) {
    process.stderr.write(
      `warning: ${flags.weights} is a quantised checkpoint, and detect runs its float weights: for int16 use mlu-parity run --backends int16 --quantized\n`,
    );
  }
  const names = await readClassNames(model, flags.names);
  const size = inputSizeOf(flags.size, model.variant, model.sha256);
  if (flags.out !== undefined) await makeEmptyFolder(flags.out);

  const engine = await openEngine(flags.engine);
  const session = await engine.open(foldBatchNorm(model.graph), { threads: availableParallelism() });
  const documents: object[] = [];
  try {
    const sources = paths.map((path, index) => ({ path, drawn: drawnNames[index]! }));
    const prepared = prepareImages(sources, { size, legacy: flags.legacy ?? false });
    for await (const { source, pixels, letterboxRatio } of prepared) {
      const [output] = await session.run(pixels);
      const detections = restoreDetections(detectionsOf(output!, size, flags, source.path), letterboxRatio);
      if (flags.json) documents.push(asDocument(source.path, detections, names));
      else process.stdout.write(asText(source.path, detections, names));
      if (flags.out !== undefined) {
        await drawDetections(source.path, detections, names, join(flags.out, source.drawn));
      }
    }
  } finally {
    await session.close();
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(documents, null, 1)}\n`);
  return EXIT.pass;
}

function detectionsOf(
  output: Tensor,
  inputSize: PixelSize,
  { conf, nms }: DetectFlags,
  path: string,
): Detections<'input'> {
  try {
    return postprocess(output, { conf, nms, inputSize, decoded: false })[0]!;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BackendError(`cannot detect on ${path}: ${error.message}`, { cause: error });
  }
}

function checkFraction(option: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new UsageError(`${option} ${value} is not between 0 and 1`);
}

/** The drawn picture of each path: its own name as PNG, which two pictures must not share. */
function drawnFileNames(paths: readonly string[]): string[] {
  const names = paths.map((path) => `${basename(path, extname(path))}.png`);
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated >= 0) {
    throw new UsageError(
      `${paths[names.indexOf(names[repeated]!)]} and ${paths[repeated]} would both be drawn as ${names[repeated]}: run them apart`,
    );
  }
  return names;
}

function asText(path: string, detections: Detections<'image'>, names: readonly string[]): string {
  const rows = rowsOf(detections, names).map(({ name, score, box }) => [
    name,
    score.toFixed(4),
    ...box.map((value) => value.toFixed(1)),
  ]);
  const table =
    rows.length === 0 ? ['(no detections)'] : formatTable(['class', 'score', 'x1', 'y1', 'x2', 'y2'], rows);
  return `${path}: ${detections.count} detections\n${table.join('\n')}\n\n`;
}

function asDocument(image: string, detections: Detections<'image'>, names: readonly string[]): object {
  return {
    image,
    detections: rowsOf(detections, names).map(({ classIndex, name, score, box }) => ({
      classIndex,
      name,
      score,
      xyxy: box,
    })),
  };
}

function rowsOf(detections: Detections<'image'>, names: readonly string[]) {
  return Array.from({ length: detections.count }, (_, i) => ({
    classIndex: detections.classIndices[i]!,
    name: names[detections.classIndices[i]!]!,
    score: detections.scores[i]!,
    box: [...detections.boxes.subarray(4 * i, 4 * i + 4)],
  }));
}

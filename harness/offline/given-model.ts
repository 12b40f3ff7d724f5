import { stat } from 'node:fs/promises';
import { hashFile } from '../../datasets/hash-file.ts';
import type { TwinsFile } from '../../reference/offline/index.ts';
import type { PixelSize } from '../../reference/preprocess/index.ts';
import { BadDataError, UsageError } from '../errors.ts';
import { readTwinsBeside, twinsPathOf } from '../lint/read-twins.ts';

/** An offline model that an option names, by `FILE` or, for core number 4, `4=FILE`. */
export interface GivenModel {
  readonly path: string;
  readonly sha256: string;
  /** The vendor's text beside it; null where there is none. */
  readonly twins: string | null;
  /** Of the twins, or else what was typed; null where neither tells it. */
  readonly coreNumber: number | null;
  /** Of the twins; null without them. */
  readonly batch: number | null;
}

/**
 * Looks at an offline model without running it.
 * @param flag what stands before the value in a message: `--offline-model ` or `--mlu-offline model:`.
 * @throws BadDataError for a file that is missing or of another input size; UsageError for a typed core number that is not
 *   the twins'.
 */
export async function readGivenModel(value: string, flag: string, size: PixelSize): Promise<GivenModel> {
  const [, typed, path] = /^(?:([1-9]\d{0,3})=)?(.+)$/s.exec(value)!;
  const known = await stat(path!).catch(() => null);
  if (!known?.isFile()) {
    throw new BadDataError(
      `cannot read the offline model ${path}: there is no such file; give a .cambricon file`,
    );
  }
  const beside = await readTwinsBeside(path!);
  const told = beside && compiledFor(path!, beside, size);
  if (told !== null && typed !== undefined && Number(typed) !== told.coreNumber) {
    throw new UsageError(
      `${flag}${value}: ${twinsPathOf(path!)} says core number ${told.coreNumber}; leave out ${typed}=`,
    );
  }
  return {
    path: path!,
    sha256: (await hashFile(path!)).sha256,
    twins: beside && twinsPathOf(path!),
    coreNumber: told?.coreNumber ?? (typed === undefined ? null : Number(typed)),
    batch: told?.batch ?? null,
  };
}

function compiledFor(
  path: string,
  { functions: [main] }: TwinsFile,
  { height, width }: PixelSize,
): { readonly coreNumber: number; readonly batch: number } {
  const [input, kernel] = [main?.inputs[0], main?.kernels[0]];
  if (!input || !kernel) {
    throw new BadDataError(
      `cannot use ${twinsPathOf(path)}: it names no input or no kernel; take the one that was written with the model`,
    );
  }
  const [batch, ...rest] = input.shape;
  if (!batch || rest.join(' ') !== `${height} ${width} 3`) {
    throw new BadDataError(
      `cannot use ${path}: its input is ${input.shape.join(' ')}, and images are N ${height} ${width} 3 (NHWC); compile it for that, or give another --size`,
    );
  }
  return { coreNumber: kernel.modelParallelism, batch };
}

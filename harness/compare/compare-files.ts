import { extname } from 'node:path';
import { type ExitCode, UsageError } from '../errors.ts';
import { compareResults, type ResultsComparisonOptions } from './compare-results.ts';
import { compareTensors, type TensorComparisonOptions } from './compare-tensors.ts';

export interface CompareFlags extends TensorComparisonOptions, ResultsComparisonOptions {
  readonly groundTruth?: string;
}

/** `mlu-parity compare`: by the endings of the two files, results or tensors. */
export async function compareFiles(a: string, b: string, flags: CompareFlags): Promise<ExitCode> {
  for (const name of ['atol', 'rtol'] as const) {
    const value = flags[name];
    if (value !== undefined && value < 0)
      throw new UsageError(`--${name} ${value} is no tolerance: give 0 or more`);
  }
  const endings = [a, b].map((path) => extname(path).toLowerCase());
  if (endings.every((ending) => ending === '.npy')) {
    refuse(
      flags,
      ['groundTruth', 'imagesOf', 'budget', 'replicates', 'seed'],
      'results files, and these are tensors',
    );
    return compareTensors(a, b, flags);
  }
  if (endings.every((ending) => ending === '.json')) {
    if (flags.groundTruth === undefined) {
      throw new UsageError('two results files need --ground-truth, the COCO annotation file they belong to');
    }
    refuse(flags, ['size', 'atol', 'rtol'], 'tensors, and these are results files');
    return compareResults(a, b, flags.groundTruth, flags);
  }
  throw new UsageError(`cannot compare ${a} with ${b}: give two .json results files or two .npy tensors`);
}

const OPTION_NAMES: Readonly<Record<Exclude<keyof CompareFlags, 'json' | 'quiet'>, string>> = {
  groundTruth: '--ground-truth',
  imagesOf: '--images-of',
  budget: '--budget',
  replicates: '--replicates',
  seed: '--seed',
  size: '--size',
  atol: '--atol',
  rtol: '--rtol',
};

/** An option that would do nothing must not look as if it had: a job may take `--atol` for its gate. */
function refuse(flags: CompareFlags, names: readonly (keyof typeof OPTION_NAMES)[], belongs: string): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new UsageError(`${OPTION_NAMES[given]} belongs to ${belongs}: leave it out`);
}

import { extname } from 'node:path';
import { type ExitCode, UsageError } from '../errors.ts';
import { compareResults } from './compare-results.ts';
import { compareTensors, type TensorComparisonOptions } from './compare-tensors.ts';

export interface CompareFlags extends TensorComparisonOptions {
  readonly groundTruth?: string;
}

/** `mlu-parity compare`: by the endings of the two files, results or tensors. */
export async function compareFiles(a: string, b: string, flags: CompareFlags): Promise<ExitCode> {
  const endings = [a, b].map((path) => extname(path).toLowerCase());
  if (endings.every((ending) => ending === '.npy')) return compareTensors(a, b, flags);
  if (endings.every((ending) => ending === '.json')) {
    if (flags.groundTruth === undefined) {
      throw new UsageError('two results files need --ground-truth, the COCO annotation file they belong to');
    }
    return compareResults(a, b, flags.groundTruth, flags);
  }
  throw new UsageError(`cannot compare ${a} with ${b}: give two .json results files or two .npy tensors`);
}

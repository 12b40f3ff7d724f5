import { AGREEMENT_RULE, outputsAgree } from '../../reference/compare/index.ts';
import { float32Tensor, type Tensor } from '../../reference/tensor.ts';
import { BackendError } from '../errors.ts';
import type { Progress } from '../terminal/progress.ts';
import type { TunePoint, TuneSource } from './tune-source.ts';

/** How the output of a core number and batch size stands to that of the first one. */
export interface OutputStanding {
  readonly coreNumber: number;
  readonly batch: number;
  /** `equal` to the bit, `close`: another order of the same sums, `other`: another answer, `failed`: none. */
  readonly outcome: 'equal' | 'close' | 'other' | 'failed';
  readonly maxAbs: number | null;
  /** In dB; null when equal, and where there is no finite figure. */
  readonly sqnr: number | null;
  readonly reason: string | null;
}

/**
 * Runs every core number and batch size on the same first image and holds the outputs against those of the first one
 * that runs. The points of one that fails, or that answers otherwise, are not worth timing.
 */
export async function checkOutputs(
  source: TuneSource,
  signal: AbortSignal,
  progress: Progress,
): Promise<OutputStanding[]> {
  if (!source.outputOf) return [];
  const checks: OutputStanding[] = [];
  let reference: { point: TunePoint; output: Tensor } | null = null;
  const points = onePerOutput(source.points);
  progress.start('outputs compared', points.length);
  try {
    for (const point of points) {
      signal.throwIfAborted();
      const { coreNumber, batch } = point;
      try {
        const output = firstImage(await source.outputOf(point));
        reference ??= { point, output };
        checks.push({ coreNumber, batch, ...compare(reference, output) });
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        checks.push({ ...failed(error.message), coreNumber, batch });
      }
      progress.advance();
    }
  } finally {
    progress.stop();
  }
  return checks;
}

type Comparison = Omit<OutputStanding, 'coreNumber' | 'batch'>;

function compare(reference: { point: TunePoint; output: Tensor }, output: Tensor): Comparison {
  const { point } = reference;
  const against = `the output with core number ${point.coreNumber} and batch ${point.batch}`;
  const other = { outcome: 'other', maxAbs: null, sqnr: null } as const;
  if (output.shape.join() !== reference.output.shape.join()) {
    return {
      ...other,
      reason: `its output has the shape [${output.shape.join(', ')}], not [${reference.output.shape.join(', ')}] as ${against}`,
    };
  }
  const { agree, sqnr, maxAbs } = outputsAgree(reference.output, output);
  if (maxAbs === null) {
    return { ...other, reason: `its output holds NaN or Infinity where ${against} does not, or the reverse` };
  }
  if (maxAbs === 0) return { outcome: 'equal', maxAbs, sqnr, reason: null };
  if (agree) return { outcome: 'close', maxAbs, sqnr, reason: null };
  return {
    outcome: 'other',
    maxAbs,
    sqnr,
    reason: `its output is ${sqnr?.toFixed(1) ?? 'no'} dB from ${against}, and at most ${maxAbs.toPrecision(3)} apart: ${AGREEMENT_RULE}`,
  };
}

const failed = (reason: string): Comparison => ({ outcome: 'failed', maxAbs: null, sqnr: null, reason });

/** A copy, since the next inference writes over it. */
function firstImage({ data, shape: [, ...rest], layout }: Tensor): Tensor {
  const length = rest.reduce((product, extent) => product * extent, 1);
  return float32Tensor(data.slice(0, length), [1, ...rest], layout);
}

/** Contexts run the same program: one of them is enough. */
function onePerOutput(points: readonly TunePoint[]): TunePoint[] {
  const seen = new Map(points.map((point) => [`${point.coreNumber} ${point.batch}`, point]));
  return [...seen.values()].sort((a, b) => a.coreNumber - b.coreNumber || a.batch - b.batch);
}

import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import type { NoiseFloor } from '../../reports/record/index.ts';
import type { BackendFactory } from '../backends/backend.ts';
import { floatBackend } from '../backends/float-backend.ts';
import { openEngine } from '../engines/index.ts';
import type { Model } from '../model/load-model.ts';
import type { BackendTally } from './backend-tally.ts';
import { differenceOfMetrics, evaluateResults } from './evaluate-results.ts';
import type { RunFigures } from './run-figures.ts';
import type { RunOptions } from './run-options.ts';

/** What the tally of the noise floor is called, which is no backend of the run. */
export const NOISE_FLOOR = 'float noise floor';

/**
 * The same float network on the other engine. How far two correct float engines are apart is the noise floor: no drift
 * below it can be told from the order in which sums were taken.
 * @returns null, with the reason, where the reference is not the float network or the user wants none.
 */
export async function noiseFloorBackend(
  model: Model,
  options: RunOptions,
): Promise<{ factory: BackendFactory | null; note: string }> {
  if (options.noiseFloorImages === 0) return { factory: null, note: 'not measured: --noise-floor-images 0' };
  if (options.backends[0]!.name !== 'cpu-float') {
    return { factory: null, note: 'not measured: the reference is not cpu-float' };
  }
  const other = options.engine === 'onnxruntime' ? 'tfjs' : 'onnxruntime';
  const factory = floatBackend(model, await openEngine(other));
  return { factory, note: `the first ${options.noiseFloorImages} images at most` };
}

/** The floor over the images that both engines finished; null where there are none. */
export function noiseFloorRecord(
  groundTruth: CocoGroundTruth,
  reference: BackendTally,
  other: BackendTally,
): NoiseFloor | null {
  const difference = other.outputs.record();
  const ours = evaluateResults(groundTruth, reference.results, other.imageIds);
  const theirs = evaluateResults(groundTruth, other.results, other.imageIds);
  if (difference === null || ours === null || theirs === null) return null;
  const whole = (difference.raw ?? difference.decoded).find(({ group }) => group === 'all')!;
  const metrics = differenceOfMetrics(theirs.metrics, ours.metrics);
  return {
    engines: [reference.description.engine, other.description.engine],
    images: other.imageIds.length,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, value === null ? null : Math.abs(value)]),
    ),
    maxAbs: whole.metrics.maxAbs?.max ?? null,
    sqnr: whole.metrics.sqnr?.min ?? null,
  };
}

/** The floor of a run, what is to be said of it, and a warning where it broke off: what it finished before is kept. */
export function noiseFloorOf(
  { tallies, reference }: RunFigures,
  groundTruth: CocoGroundTruth,
  note: string | null,
): { noiseFloor: NoiseFloor | null; noiseFloorNote: string; warning: string | null } {
  const tally = tallies.get(NOISE_FLOOR);
  const noiseFloor = reference && tally ? noiseFloorRecord(groundTruth, reference, tally) : null;
  if (!tally || tally.failure === null)
    return { noiseFloor, noiseFloorNote: note ?? 'not reached', warning: null };
  const broken = `broken off after ${tally.imageIds.length} images: ${tally.failure}`;
  return { noiseFloor, noiseFloorNote: broken, warning: `The float noise floor was ${broken}` };
}

import {
  fastestCoreNumber,
  fitScalingLaw,
  heldOutError,
  type ScalingLawName,
  type ScalingPoint,
} from '../../reference/statistics/index.ts';
import type { TuneLaw } from '../../reports/record/tune-result.ts';
import type { TunePoint } from './tune-source.ts';

export interface TimedPoint {
  readonly point: TunePoint;
  /** Latency p50 of a request. */
  readonly milliseconds: number;
}

const LAWS: readonly ScalingLawName[] = ['amdahl', 'universal'];

/**
 * Fits both laws to each batch size, of one context and of as many as fill the device: what a further context costs
 * would otherwise be taken for what a core costs. A law is given only where it could be tested on points left out of its fit:
 * one through as many points as it has parameters fits anything.
 */
export function fitLaws(points: readonly TimedPoint[], deviceCores: number): TuneLaw[] {
  const batches = [...new Set(points.map(({ point }) => point.batch))].sort((a, b) => a - b);
  return batches.flatMap((batch) =>
    (['one', 'fill'] as const).flatMap((contexts) => {
      const series = points
        .filter(
          ({ point }) => point.batch === batch && point.contexts === wanted(contexts, point, deviceCores),
        )
        .map(({ point, milliseconds }): ScalingPoint => ({ coreNumber: point.coreNumber, milliseconds }));
      // Where no core number has more than one context, filling the device is the same series again.
      if (contexts === 'fill' && !points.some(({ point }) => point.contexts > 1)) return [];
      return LAWS.flatMap((law) => describeLaw(series, law, batch, contexts));
    }),
  );
}

function wanted(contexts: TuneLaw['contexts'], { coreNumber }: TunePoint, deviceCores: number): number {
  return contexts === 'one' ? 1 : Math.max(1, Math.floor(deviceCores / coreNumber));
}

function describeLaw(
  series: readonly ScalingPoint[],
  law: ScalingLawName,
  batch: number,
  contexts: TuneLaw['contexts'],
): TuneLaw[] {
  const fitted = fitScalingLaw(series, law);
  const heldOut = heldOutError(series, law);
  if (fitted === null || heldOut === null) return [];
  return [
    {
      law,
      batch,
      contexts,
      points: series.length,
      t1Ms: fitted.t1,
      sigma: fitted.sigma,
      kappa: fitted.kappa,
      fastestCoreNumber: fastestCoreNumber(fitted),
      heldOutRms: heldOut.rms,
      heldOutWorst: heldOut.worst,
    },
  ];
}

import { STALL_FACTOR } from '../../reference/statistics/index.ts';
import { formatMilliseconds, formatShare } from '../../reports/format-figures.ts';
import type { TuneResult } from '../../reports/record/tune-result.ts';
import { tunePointLabel } from '../../reports/tables/tune-point-label.ts';

type Measured = Omit<TuneResult, 'warnings' | 'verdict' | 'paste'>;

/** What someone who acts on a result has to know. */
export function tuneWarnings(result: Measured): string[] {
  return [...outputWarnings(result), ...sourceWarnings(result), ...stallWarnings(result)];
}

function outputWarnings({ outputs }: Measured): string[] {
  const close = outputs.filter(({ outcome }) => outcome === 'close');
  if (close.length === 0) return [];
  const worst = close.reduce((a, b) => ((b.sqnr ?? 0) < (a.sqnr ?? 0) ? b : a));
  const names = close.map(({ coreNumber, batch }) => `core number ${coreNumber} with batch ${batch}`);
  return [
    `The outputs of ${names.join(', ')} are not equal to the bit to those of core number ${outputs[0]!.coreNumber} with batch ${outputs[0]!.batch}: ` +
      `${worst.sqnr?.toFixed(1)} dB at worst, ${worst.maxAbs?.toPrecision(2)} apart, as sums in another order are.`,
  ];
}

function sourceWarnings({ source, objective }: Measured): string[] {
  return [
    ...(source.latencyProvenance === 'modelled'
      ? [
          `Times are modelled for the device ${source.device}, not measured: measure on the card before relying on them.`,
        ]
      : []),
    ...(source.outputProvenance === 'emulated' && source.latencyProvenance === 'measured'
      ? [
          `The time of ${source.backend} is the time of its emulation on this CPU and says nothing about a card.`,
        ]
      : []),
    ...(source.device === 'CPU' && objective === 'throughput'
      ? [
          'Contexts in parallel were not tried: sessions of one process share its threads, so that the throughput is of one context.',
        ]
      : []),
  ];
}

function stallWarnings(result: Measured): string[] {
  const point = result.points.find(({ state }) => state === 'chosen');
  if (!point || point.stalls === 0) return [];
  const { p99WithStallsMs, stalls, requests } = point;
  const counted =
    p99WithStallsMs === null ? '' : `; counted, its p99 is ${formatMilliseconds(p99WithStallsMs)} ms`;
  return [
    `${formatShare(stalls, requests)} of the requests of ${tunePointLabel(result, point)} took ${STALL_FACTOR} times its median or more and are set aside as stalls${counted}.`,
  ];
}

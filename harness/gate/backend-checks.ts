import type { GateCheck } from '../../reports/gate/gate-record.ts';
import type { BackendRecord } from '../../reports/record/index.ts';
import { budgetsFor } from '../config/budget.ts';
import { readKeptFile } from '../store/history/index.ts';
import { accuracyChecks, checkBase } from './accuracy-checks.ts';
import { accuracySeriesChecks, latencySeriesChecks, nightNoise } from './figure-series.ts';
import type { GateContext } from './gate-context.ts';
import { type GateRun, isFinished, readDetections } from './gate-run.ts';
import { detectionsName } from './keep-baseline.ts';
import { latencyChecks, missingPointChecks } from './latency-checks.ts';

/** Every figure of a backend that has a budget, against the baseline and the nights before. */
export async function backendChecks(
  context: GateContext,
  given: GateRun,
  backend: BackendRecord,
): Promise<GateCheck[]> {
  const { history, baseline, baselineRecord, groundTruth, options } = context;
  const unknown = (reason: string): GateCheck[] =>
    budgetsFor(options.budgets, backend.name).map(({ metric, budget }) => ({
      ...checkBase(backend, metric, budget),
      reason,
    }));
  if (!isFinished(given.record, backend)) return unknown(backend.failure ?? 'it did not finish all images');
  const was = baselineRecord.backends.find(({ name }) => name === backend.name);
  if (was === undefined) return unknown(`the baseline ${baseline.name} has no such backend`);

  const accuracy = accuracyChecks(
    {
      groundTruth,
      before: {
        backend: was,
        text: readKeptFile(history, baseline.run, detectionsName(was.name)),
        where: `the detections of ${was.name} of the baseline ${baseline.name} in ${history.file}`,
      },
      now: {
        backend,
        text: await readDetections(given, backend),
        where: `the detections of ${backend.name} in ${given.folder}`,
      },
    },
    options,
  );
  const latency = latencyChecks(
    { before: { record: baselineRecord, backend: was }, now: { record: given.record, backend } },
    options,
    (point) => nightNoise(context, given, backend, point),
  );
  return [
    ...accuracy,
    ...latency,
    ...missingPointChecks(backend, options),
    ...accuracySeriesChecks(context, given, backend, accuracy),
    ...latencySeriesChecks(context, given, backend, latency),
  ];
}

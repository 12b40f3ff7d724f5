import type { CocoGroundTruth } from '../../reference/evaluate/index.ts';
import type { RunRecord } from '../../reports/record/index.ts';
import {
  type Baseline,
  findRun,
  type History,
  listRuns,
  readBaseline,
  readKeptFile,
  readRecordOf,
} from '../store/history/index.ts';
import { groundTruthOf } from './evaluate-texts.ts';
import type { GateOptions } from './gate-options.ts';
import type { GateRun } from './gate-run.ts';
import { GROUND_TRUTH_NAME } from './keep-baseline.ts';

/** What a run is held against. */
export interface GateContext {
  readonly history: History;
  readonly options: GateOptions;
  readonly baseline: Baseline;
  readonly baselineRecord: RunRecord;
  readonly groundTruth: CocoGroundTruth;
  /** The run that is judged, and its number where the history has it already. */
  readonly run: GateRun;
  readonly runId: number | null;
}

/** Null where there is no baseline of the name. @throws BadDataError where what was kept with it is not what it was. */
export function openContext(
  history: History,
  name: string,
  { run, options }: Pick<GateContext, 'run' | 'options'>,
): GateContext | null {
  const baseline = readBaseline(history, name);
  if (baseline === null) return null;
  const own = listRuns(history).find(({ recordSha256 }) => recordSha256 === run.recordSha256);
  return {
    ...{ history, options, baseline, run, runId: own?.id ?? null },
    baselineRecord: readRecordOf(history, findRun(history, String(baseline.run))),
    groundTruth: groundTruthOf(
      readKeptFile(history, baseline.run, GROUND_TRUTH_NAME),
      `the ground truth of the baseline ${name} in ${history.file}`,
    ),
  };
}

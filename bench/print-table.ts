import { formatTable } from '../harness/terminal/table.ts';
import { type Figure, type Row, type RowResult, ratioOf, type Verdict } from './row.ts';

export interface RowOutcome {
  readonly row: Row;
  readonly result: RowResult;
  /** Null without a goal. */
  readonly verdict: Verdict | null;
}

const HEADER = ['row', 'ours', 'least', 'against', 'ratio', 'limit', 'goal', 'verdict'];

/** One line a row, then what each row compares and what was checked. */
export function tableOf(outcomes: readonly RowOutcome[]): string {
  const lines = formatTable(
    HEADER,
    outcomes.map(({ row, result, verdict }) => [row.name, ...cellsOf(result), verdict ?? '']),
  );
  const notes = outcomes.map(({ row, result }) => `${row.name}: ${row.title}; ${noteOf(result)}`);
  return [...lines, '', ...notes].join('\n');
}

function cellsOf(result: RowResult): string[] {
  if (result.state === 'skipped') return ['skipped', '', '', '', '', ''];
  const { ours, against, limit, goal } = result;
  return [
    amount(ours.value, ours.unit),
    amount(ours.least, ours.unit),
    amount(against.value, against.unit),
    `${ratioOf(result).toPrecision(3)}×`,
    limit ? amount(limit.milliseconds, 'ms') : '',
    goal ? `${amount(goal.measured, goal.unit)} ≤ ${goal.allowed}` : '',
  ];
}

function noteOf(result: RowResult): string {
  if (result.state === 'skipped') return `skipped, ${result.reason}`;
  const { ours, against, checked, limit, goal } = result;
  return [
    `${ours.label} (n = ${ours.samples}) against ${against.label} (n = ${against.samples})`,
    checked,
    ...(limit ? [`limit: ${limit.what}`] : []),
    ...(goal ? [`goal: ${goal.what}`] : []),
  ].join('; ');
}

function amount(value: number, unit: Figure['unit'] | 'ms/image' | '×'): string {
  const digits = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  return unit === '×' ? `${digits}×` : `${digits} ${unit}`;
}

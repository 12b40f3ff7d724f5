import { availableParallelism, cpus, loadavg } from 'node:os';
import { Command } from 'commander';
import { measureMachine } from './machine.ts';
import { type RowOutcome, tableOf } from './print-table.ts';
import { type Row, ratioOf, verdictOf } from './row.ts';
import { decodeRow } from './rows/decode.ts';
import { evaluateRow } from './rows/evaluate.ts';
import { letterboxRow } from './rows/letterbox.ts';
import { memoryRow } from './rows/memory.ts';
import { networkRows } from './rows/network.ts';
import { pairedBootstrapRow } from './rows/paired-bootstrap.ts';
import { postprocessRows } from './rows/postprocess.ts';
import { runRow } from './rows/run.ts';
import { startupRow } from './rows/startup.ts';
import { tensorDiffRow } from './rows/tensor-diff.ts';

const ROWS: readonly Row[] = [
  letterboxRow,
  decodeRow,
  ...postprocessRows,
  tensorDiffRow,
  evaluateRow,
  pairedBootstrapRow,
  ...networkRows,
  runRow,
  startupRow,
  memoryRow,
];

const { only, json } = new Command('npm run bench --')
  .description(
    'Times the parts of mlu-parity, each against a slow oracle or a bare engine in the same run. Ratios are ours divided ' +
      'by the other, medians of interleaved samples. Rows whose data (../shared) is missing are skipped. All rows take ' +
      'some minutes. Example: npm run bench -- --only letterbox',
  )
  .option('--only <names>', `these rows, separated by commas: ${ROWS.map(({ name }) => name).join(', ')}`)
  .option('--json', 'print JSON instead of the table; npm run --silent keeps npm out of it')
  .parse()
  .opts<{ only?: string; json?: boolean }>();

const names = only?.split(',');
const unknown = names?.find((name) => !ROWS.some((row) => row.name === name));
if (unknown !== undefined) {
  process.stderr.write(`there is no row ${unknown}: take ${ROWS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

const cores = availableParallelism();
const machine = await measureMachine();
const loadBefore = loadavg()[0]!;
const outcomes: RowOutcome[] = [];
for (const row of ROWS) {
  if (names && !names.includes(row.name)) continue;
  process.stderr.write(`${row.name} …\n`);
  const result = await row.run(machine);
  const goal = result.state === 'measured' ? result.goal : undefined;
  const verdict = goal === undefined ? null : verdictOf(goal, loadavg()[0]!, cores);
  outcomes.push({ row, result, verdict });
}

const environment = {
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  cores,
  loadAverage: [loadBefore, loadavg()[0]!],
  copyGigabytesPerSecond: machine.copyBytesPerSecond / 1e9,
};
if (json) {
  const rows = outcomes.map(({ row: { name, title }, result, verdict }) => ({
    name,
    title,
    ...result,
    ...(result.state === 'measured' ? { ratio: ratioOf(result) } : {}),
    verdict,
  }));
  process.stdout.write(`${JSON.stringify({ environment, rows }, null, 1)}\n`);
} else {
  const { node, processor, loadAverage, copyGigabytesPerSecond } = environment;
  process.stdout.write(
    `${tableOf(outcomes)}\n\nNode ${node}, ${processor}, ${cores} cores; load average ` +
      `${loadAverage.map((load) => load.toFixed(1)).join(' before, ')} after; copying moves ` +
      `${copyGigabytesPerSecond.toFixed(1)} GB/s\n`,
  );
}

import {
  DEFAULT_RTOL,
  rawGroupDiffs,
  TENSOR_METRICS,
  type TensorDiff,
  tensorDiff,
} from '../../reference/compare/index.ts';
import { formatSmall, formatUpper } from '../../reports/format-figures.ts';
import { COMMAND_LINE, checkValue } from '../config/load-config.ts';
import { runConfigSchema } from '../config/run-config.ts';
import { BadDataError, EXIT, type ExitCode } from '../errors.ts';
import { readNpy } from '../store/read-npy.ts';
import { formatTable } from '../terminal/table.ts';
import { type NamedFinding, tensorFindings } from './tensor-findings.ts';

export interface TensorComparisonOptions {
  readonly size?: number | [number, number];
  readonly atol?: number;
  readonly rtol?: number;
  readonly json?: true;
}

interface NamedDiff {
  readonly name: string;
  readonly diff: TensorDiff;
}

interface Comparison {
  readonly diffs: readonly NamedDiff[];
  /** Mistakes of a port that the numbers of one show, where the other is a raw output of a head. */
  readonly findings: readonly NamedFinding[];
}

/** Two `.npy` tensors: every figure, the tolerance that would have passed, and with `--size` what was done to the second. */
export async function compareTensors(
  a: string,
  b: string,
  flags: TensorComparisonOptions,
): Promise<ExitCode> {
  const comparison = await comparisonOf(a, b, flags);
  const { diffs } = comparison;
  const broken = diffs.find(({ diff }) => diff.state !== 'compared');
  const required = Math.max(
    ...diffs.map(({ diff }) => (diff.state === 'compared' ? diff.requiredAtol : Number.POSITIVE_INFINITY)),
  );
  const unusable = broken !== undefined || bothNonFinite(diffs) > 0;
  const passed = !unusable && (flags.atol === undefined || required <= flags.atol);
  process.stdout.write(
    flags.json ? asJson(comparison, flags, required, passed) : asText(comparison, flags, required, passed),
  );
  return passed ? EXIT.pass : EXIT.regression;
}

async function comparisonOf(
  a: string,
  b: string,
  { size, rtol = DEFAULT_RTOL }: TensorComparisonOptions,
): Promise<Comparison> {
  if (size !== undefined) checkValue(runConfigSchema.pick({ size: true }), { size }, COMMAND_LINE);
  const [reference, actual] = [await readNpy(a), await readNpy(b)];
  try {
    if (size === undefined) {
      return { diffs: [{ name: 'all', diff: tensorDiff(reference, actual, { rtol }) }], findings: [] };
    }
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    const inputSize = { height, width };
    const raw = (output: typeof reference) => ({ output, decoded: false });
    const diffs = rawGroupDiffs(raw(reference), raw(actual), inputSize, { rtol }).map(
      ({ group, stride, diff }) => ({ name: stride === 'all' ? group : `${group}/${stride}`, diff }),
    );
    return { diffs, findings: tensorFindings(reference, actual, inputSize) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot compare ${a} with ${b}: ${error.message}`, { cause: error });
  }
}

/** Numbers that are NaN, or the same infinity, in both tensors. */
function bothNonFinite(diffs: readonly NamedDiff[]): number {
  const whole = diffs[0]?.diff;
  return whole?.state === 'compared' ? whole.equalNonFinite : 0;
}

function asText(
  { diffs, findings }: Comparison,
  flags: TensorComparisonOptions,
  required: number,
  passed: boolean,
): string {
  const rows = diffs.map(({ name, diff }) =>
    diff.state === 'compared'
      ? [name, ...TENSOR_METRICS.map(({ key }) => formatSmall(diff[key]))]
      : [
          name,
          `${diff.mismatches} of ${diff.count} NaN or infinite on one side, first at flat index ${diff.firstAt}`,
        ],
  );
  const header = ['output', ...TENSOR_METRICS.map(({ name, unit }) => (unit === 'dB' ? `${name} dB` : name))];
  const shared = bothNonFinite(diffs);
  const beware =
    shared > 0
      ? [
          `${shared} numbers are NaN, or the same infinity, on both sides: they are equal, but no output may hold them, so this is no pass.`,
        ]
      : [];
  const needed = `|b − a| <= ${formatUpper(required)} + ${flags.rtol ?? DEFAULT_RTOL} · |a| would have passed`;
  const verdict = !Number.isFinite(required)
    ? 'NaN or Infinity on one side only: no tolerance would pass.'
    : flags.atol === undefined
      ? `${needed}.`
      : `${passed ? 'passed' : 'failed'} at atol ${flags.atol}: ${needed}.`;
  const mistakes = findings.map(
    ({ of, finding }) => `${of}, taken as a raw output: ${finding.sentence} ${finding.portLine}`,
  );
  return `${[...formatTable(header, rows), '', ...mistakes, ...beware, verdict].join('\n')}\n`;
}

function asJson(
  { diffs, findings }: Comparison,
  flags: TensorComparisonOptions,
  required: number,
  passed: boolean,
): string {
  const document = {
    passed,
    rtol: flags.rtol ?? DEFAULT_RTOL,
    atol: flags.atol ?? null,
    requiredAtol: Number.isFinite(required) ? required : null,
    outputs: diffs.map(({ name, diff }) => ({ name, ...diff })),
    findings: findings.map(({ of, finding: { code, sentence, portLine, evidence } }) => ({
      of,
      code,
      sentence,
      portLine,
      evidence,
    })),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

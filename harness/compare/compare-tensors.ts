import {
  DEFAULT_RTOL,
  rawGroupDiffs,
  TENSOR_METRICS,
  type TensorDiff,
  tensorDiff,
} from '../../reference/compare/index.ts';
import type { InputSize } from '../../reference/decode/index.ts';
import { diagnoseOutput, type OutputFinding } from '../../reference/diagnose/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { formatSmall, formatUpper } from '../../reports/format-figures.ts';
import { BadDataError, EXIT, type ExitCode, UsageError } from '../errors.ts';
import { readNpy } from '../store/read-npy.ts';
import { formatTable } from '../terminal/table.ts';

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

interface NamedFinding {
  readonly of: 'a' | 'b';
  readonly finding: OutputFinding;
}

/** Of the error of a mistake what may be left once it is undone: a diagnosis of tensors that nobody vouches for must be plain. */
const LEFT_MOST = 0.1;

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
  if (size !== undefined) refuseSize(size);
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
    return { diffs, findings: findingsOf(reference, actual, inputSize) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadDataError(`cannot compare ${a} with ${b}: ${error.message}`, { cause: error });
  }
}

/** What b shows, taken for raw, against a; where that is nothing, whether it is a that is decoded. */
function findingsOf(a: Tensor, b: Tensor, inputSize: InputSize): NamedFinding[] {
  const against = (reference: Tensor, output: Tensor): readonly OutputFinding[] => {
    if (!reference.data.every(Number.isFinite)) return [];
    const { findings } = diagnoseOutput({
      ...{ reference: { output: reference, decoded: false }, inputSize },
      actual: { output, decodedClaimed: false },
    });
    return findings.filter(
      ({ evidence }) =>
        evidence.errorAfter === null || evidence.errorAfter <= LEFT_MOST * evidence.errorBefore,
    );
  };
  const ofB = against(a, b).map((finding): NamedFinding => ({ of: 'b', finding }));
  if (ofB.length > 0) return ofB;
  return against(b, a)
    .filter(({ code }) => code === 'already-decoded')
    .map((finding) => ({ of: 'a', finding }));
}

function refuseSize(size: number | [number, number]): void {
  const sides = typeof size === 'number' ? [size, size] : size;
  if (sides.every((side) => side > 0 && side % 32 === 0)) return;
  throw new UsageError(
    `--size ${sides[0] === sides[1] ? sides[0] : sides.join('x')} cannot be: it must be multiples of 32, as 416 or 320x640`,
  );
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

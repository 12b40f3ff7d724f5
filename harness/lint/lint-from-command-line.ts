import { resolve } from 'node:path';
import { officialVariant, type YoloxVariant } from '../../reference/network/index.ts';
import { type ExitCode, UsageError } from '../errors.ts';
import { type LintedCheckpoint, lintCheckpointFile } from './lint-checkpoint-file.ts';
import { lintModelFile } from './lint-model-file.ts';
import { type LintOptions, lintOptions } from './lint-options.ts';
import { lintPair } from './lint-pair.ts';
import { type LintSection, lintReport } from './lint-report.ts';
import { lintText } from './print-lint.ts';
import { type CheckpointFile, type LintFile, readLintFile } from './read-lint-file.ts';

export interface LintFlags {
  readonly bits?: '16' | '8';
  readonly variant?: string;
  readonly weights?: string;
  readonly size?: number | [number, number];
  readonly cores?: number;
  readonly images?: string;
  readonly imageCount?: number;
  readonly legacy?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mlu-parity lint`: every file by itself, and each offline model against the checkpoint where one was given. */
export async function lintFromCommandLine(paths: readonly string[], flags: LintFlags): Promise<ExitCode> {
  const options = await lintOptions(flags);
  const files = withoutRepeats(await Promise.all([...new Set(paths)].map(readLintFile)));
  const report = lintReport(await lintFiles(files, options));
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 1)}\n` : lintText(report));
  return report.exitCode;
}

async function lintFiles(files: readonly LintFile[], options: LintOptions): Promise<LintSection[]> {
  const checkpoints = files.filter((file) => file.kind === 'checkpoint');
  const models = files.filter((file) => file.kind === 'offline-model');
  if (checkpoints.length > 1 && models.length > 0) {
    throw new UsageError(
      `cannot tell which of ${checkpoints.length} checkpoints the offline models were made from: give one checkpoint with them`,
    );
  }
  if (options.images !== undefined && checkpoints.length === 0)
    throw new UsageError('--images runs a checkpoint on pictures: give a quantised checkpoint too');
  const linted = new Map<CheckpointFile, LintedCheckpoint>();
  for (const file of checkpoints) linted.set(file, await lintCheckpointFile(file, options));

  const [checkpoint] = checkpoints;
  const variant = wantedVariant(options, checkpoint && linted.get(checkpoint)?.variant);
  const sections = files.map((file) =>
    file.kind === 'checkpoint' ? linted.get(file)!.section : lintModelFile(file, variant, options),
  );
  if (!checkpoint) return sections;
  const { quantized } = linted.get(checkpoint)!;
  return [...sections, ...models.map((model) => lintPair(checkpoint, quantized, model))];
}

/** Twins that are read beside their model need no section of their own, as where `*.cambricon*` was given. */
function withoutRepeats(files: readonly LintFile[]): LintFile[] {
  const beside = new Set(
    files.flatMap((file) => (file.kind === 'offline-model' ? [resolve(file.twinsPath)] : [])),
  );
  return files.filter((file) => file.kind !== 'twins' || !beside.has(resolve(file.path)));
}

/** The YOLOX that an offline model should be: as it was said, or that of the weights at hand. */
function wantedVariant(
  { variant, float }: LintOptions,
  ofCheckpoint: YoloxVariant | undefined,
): YoloxVariant | undefined {
  const ofWeights = float?.variant ?? ofCheckpoint;
  if (variant === undefined) return ofWeights;
  return officialVariant(variant, ofWeights && { classes: ofWeights.classes });
}

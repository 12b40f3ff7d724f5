import {
  finding,
  type LintFinding,
  lintAgainstFloat,
  lintCheckpoint,
  lintHeadRoom,
  lintYoloxKeys,
  lintYoloxScales,
  namesYolox,
} from '../../reference/lint/index.ts';
import { buildYolox, expectedParameters, type YoloxVariant } from '../../reference/network/index.ts';
import { type QuantizedCheckpoint, readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import type { NamedTensors } from '../../reference/tensor.ts';
import { calibrateOnImages } from '../calibration/calibrate-on-images.ts';
import { UsageError } from '../errors.ts';
import { inputSizeOf } from '../model/input-size.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentProgress, terminalProgress } from '../terminal/progress.ts';
import type { LintOptions } from './lint-options.ts';
import type { LintSection } from './lint-report.ts';
import type { CheckpointFile } from './read-lint-file.ts';

export interface LintedCheckpoint {
  readonly section: LintSection;
  readonly quantized: QuantizedCheckpoint;
  /** Of a YOLOX. */
  readonly variant?: YoloxVariant;
}

/** Everything that can be said of a quantised checkpoint without its model. */
export async function lintCheckpointFile(
  { path, weights }: CheckpointFile,
  options: LintOptions,
): Promise<LintedCheckpoint> {
  const { tensors, format } = weights;
  const quantized = readQuantizedCheckpoint(tensors);
  const findings: LintFinding[] = lintCheckpoint(tensors, quantized, options);
  const facts = [`${format}, ${tensors.size} tensors, ${describeModules(quantized)}`];
  if (format === 'zip-checkpoint')
    findings.push(finding('zip-format', '', 'it is in the zip format, which PyTorch 1.3 cannot read'));
  let variant: YoloxVariant | undefined;
  if (namesYolox(tensors) || options.variant !== undefined) {
    const keys = lintYoloxKeys(tensors, options.variant);
    variant = keys.variant;
    findings.push(...keys.findings);
    if (variant) {
      facts.push(`YOLOX-${variant.name}, ${variant.classes} classes`);
      findings.push(...lintYoloxScales(quantized, variant, options));
    }
  }
  if (options.float) findings.push(...lintAgainstFloat(tensors, options.float.tensors));
  if (options.images !== undefined) {
    if (!variant) {
      throw new UsageError(`--images needs a whole YOLOX to run, and ${path} is none: leave --images out`);
    }
    const headRoom = await measureHeadRoom(tensors, quantized, variant, options, options.images);
    facts.push(headRoom.fact);
    findings.push(...headRoom.findings);
  }
  const section: LintSection = { kind: 'checkpoint', files: [path], facts, findings };
  return { section, quantized, ...(variant && { variant }) };
}

async function measureHeadRoom(
  tensors: NamedTensors,
  quantized: QuantizedCheckpoint,
  variant: YoloxVariant,
  { size, legacy, imageCount, quiet }: LintOptions,
  folder: string,
): Promise<{ fact: string; findings: readonly LintFinding[] }> {
  const { signal, release } = interruptSignal();
  try {
    const { absmax, images } = await calibrateOnImages({
      graph: buildYolox(variant, ownEntries(tensors, variant)),
      size: inputSizeOf(size, variant),
      legacy,
      folder,
      count: imageCount,
      method: { kind: 'absmax' },
      progress: quiet ? silentProgress : terminalProgress(),
      signal,
    });
    const { largestRatio, findings } = lintHeadRoom(quantized, absmax);
    const share = `${(100 * largestRatio).toFixed(1)} % of what its scale holds`;
    return { fact: `on ${images} images the fullest layer reaches ${share}`, findings };
  } finally {
    release();
  }
}

/** Without what the network would not use, which is a finding and nothing to stop for. */
function ownEntries(tensors: NamedTensors, variant: YoloxVariant): NamedTensors {
  const expected = expectedParameters(variant);
  return new Map([...tensors].filter(([name]) => expected.has(name)));
}

function describeModules({ convolutions, linears }: QuantizedCheckpoint): string {
  const modules = [...convolutions.values(), ...linears.values()];
  const ofBits = (bits: number): number => modules.filter((module) => module.bits === bits).length;
  const parts = [16, 8]
    .filter((bits) => ofBits(bits) > 0)
    .map((bits) => `${ofBits(bits)} int${bits} modules`);
  return parts.join(' and ') || 'no quantised module';
}

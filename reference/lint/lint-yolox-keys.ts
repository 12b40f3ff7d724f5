import {
  describeVariant,
  expectedParameters,
  OFFICIAL_VARIANTS,
  type OfficialVariantName,
  officialVariant,
  type YoloxVariant,
} from '../network/index.ts';
import { stripQuantization } from '../quantize/index.ts';
import type { NamedTensors } from '../tensor.ts';
import { finding, type LintFinding, listNames } from './lint-finding.ts';

export interface YoloxKeys {
  /** Absent where the weights are not those of a YOLOX, or no whole one. */
  readonly variant?: YoloxVariant;
  readonly findings: readonly LintFinding[];
}

/** Whether weights mean to be a YOLOX, whole or not. */
export function namesYolox(tensors: NamedTensors): boolean {
  return [...tensors.keys()].some((name) => name.startsWith('backbone.backbone.stem.'));
}

/**
 * Compares the entries of a state dict, quantised or not, with those of a YOLOX: of `wanted`, or else of the variant that
 * they are, or else of the official one that they come nearest to.
 */
export function lintYoloxKeys(tensors: NamedTensors, wanted?: OfficialVariantName): YoloxKeys {
  const plain = stripQuantization(tensors);
  const names = wanted === undefined ? (Object.keys(OFFICIAL_VARIANTS) as OfficialVariantName[]) : [wanted];
  const itself = wanted === undefined ? variantOf(plain) : undefined;
  const candidates = itself ? [itself] : names.map((name) => officialOf(name, plain));
  const { variant, findings } = candidates
    .map((candidate) => compareKeys(plain, candidate))
    .reduce((best, next) => (next.differences < best.differences ? next : best));
  const complete = findings.every(({ severity }) => severity !== 'error');
  return { findings, ...(complete && { variant }) };
}

function variantOf(tensors: NamedTensors): YoloxVariant | undefined {
  try {
    return describeVariant(tensors);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The official variant with the classes and the batch norm, folded or not, that the weights show. */
function officialOf(name: OfficialVariantName, tensors: NamedTensors): YoloxVariant {
  const classes = tensors.get('head.cls_preds.0.weight')?.shape[0] ?? 0;
  return officialVariant(name, {
    classes: classes > 0 ? classes : 80,
    batchNorm: !tensors.has('backbone.backbone.stem.conv.conv.bias'),
  });
}

function compareKeys(tensors: NamedTensors, variant: YoloxVariant) {
  const expected = expectedParameters(variant);
  const wanted = `YOLOX-${variant.name} with ${variant.classes} classes`;
  const missing = [...expected.keys()].filter(
    (name) => !tensors.has(name) && !name.endsWith('.num_batches_tracked'),
  );
  const extra = [...tensors.keys()].filter((name) => !expected.has(name));
  const reshaped = [...expected].filter(([name, shape]) => {
    const found = tensors.get(name)?.shape;
    return found !== undefined && found.join() !== shape.join();
  });
  const findings: LintFinding[] = [];
  const report = (code: 'key-missing' | 'key-extra', keys: readonly string[], words: string): void => {
    if (keys.length === 0) return;
    const what = `${keys.length} ${keys.length === 1 ? 'entry' : 'entries'} ${words} ${wanted}: ${listNames(keys)}`;
    findings.push(finding(code, keys.length === 1 ? keys[0] : '', what));
  };
  report('key-missing', missing, 'missing of');
  report('key-extra', extra, 'too many for');
  if (reshaped.length > 0) {
    const [name, shape] = reshaped[0];
    findings.push(
      finding(
        'key-shape',
        name,
        `${name} has shape [${tensors.get(name)!.shape.join(', ')}], and ${wanted} has [${shape.join(', ')}] there` +
          (reshaped.length > 1 ? `, as with ${reshaped.length - 1} others` : ''),
      ),
    );
  }
  const otherwise = [...expected.keys()].filter((name) => {
    const dtype = tensors.get(name)?.dtype ?? 'float32';
    return dtype !== 'float32' && !name.endsWith('.num_batches_tracked');
  });
  if (otherwise.length > 0) {
    const message = `${listNames(otherwise)}: of type ${tensors.get(otherwise[0])!.dtype}, and the network computes in float32`;
    findings.push(finding('key-type', otherwise.length === 1 ? otherwise[0] : '', message));
  }
  return { variant, findings, differences: missing.length + extra.length + reshaped.length };
}

import type { YoloxVariant } from '../network/index.ts';
import { finding, type LintFinding } from './lint-finding.ts';

/** Shapes of an offline model, from its twins or from itself. */
export interface ModelShapes {
  readonly inputs: readonly { readonly shape: readonly number[] }[];
  readonly outputs: readonly { readonly shape: readonly number[] }[];
}

const STRIDES = [8, 16, 32];

/**
 * Whether an offline model is a YOLOX of this variant and input size: `N H W 3` in, and out `N 5+classes 1 anchors`, the form
 * in which a card keeps a tensor of three axes `[N, anchors, 5+classes]` (measured on a RetinaFace, expected of a YOLOX).
 */
export function lintShapes(
  { inputs, outputs }: ModelShapes,
  { classes }: Pick<YoloxVariant, 'classes'>,
  [height, width]: readonly [number, number],
): LintFinding[] {
  const findings: LintFinding[] = [];
  const input = inputs[0]?.shape ?? [];
  const batch = input[0] ?? 1;
  const expectedInput = [batch, height, width, 3];
  if (inputs.length !== 1 || input.join() !== expectedInput.join()) {
    const what = `the ${plural(inputs.length, 'input')} ${list(inputs)}, and a YOLOX at ${height}x${width} takes ${expectedInput.join(' ')}`;
    findings.push(finding('input-shape', 'input 0', what));
  }
  const anchors = STRIDES.reduce((sum, stride) => sum + (height / stride) * (width / stride), 0);
  const expected = [batch, 5 + classes, 1, anchors];
  const output = outputs[0]?.shape ?? [];
  if (outputs.length !== 1 || output.join() !== expected.join()) {
    const reordered = outputs.length === 1 && sorted(output) === sorted(expected);
    const what =
      `the ${plural(outputs.length, 'output')} ${list(outputs)}, and a YOLOX with ${classes} classes at ${height}x${width} gives ${expected.join(' ')}` +
      (reordered ? ': the axes stand in another order' : '');
    findings.push(finding('output-shape', 'output 0', what));
  }
  return findings;
}

function plural(count: number, noun: string): string {
  return count === 1 ? `${noun} is` : `${count} ${noun}s are`;
}

function list(tensors: ModelShapes['inputs']): string {
  return tensors.map(({ shape }) => shape.join(' ')).join(', ') || 'none';
}

function sorted(shape: readonly number[]): string {
  return [...shape].sort((a, b) => a - b).join();
}

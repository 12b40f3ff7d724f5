import type { OnnxNode } from '../../onnx/model-proto.ts';

/** An integer attribute, or several, as a list. */
export function attributeInts(node: OnnxNode, name: string, fallback: readonly number[]): readonly number[] {
  const attribute = node.attribute?.find((candidate) => candidate.name === name);
  if (!attribute) return fallback;
  if (attribute.ints && attribute.ints.length > 0) return attribute.ints;
  return attribute.i === undefined ? fallback : [attribute.i];
}

export function floatAttribute(node: OnnxNode, name: string, fallback: number): number {
  return node.attribute?.find((candidate) => candidate.name === name)?.f ?? fallback;
}

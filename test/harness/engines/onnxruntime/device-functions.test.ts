import { expect, test } from 'vitest';
import { OnnxBuilder } from '../../../../harness/engines/onnxruntime/onnx-builder.ts';
import { emitTableSigmoid } from '../../../../harness/engines/onnxruntime/table-sigmoid.ts';
import { emitVendorHalf, VENDOR_HALF_OPSET } from '../../../../harness/engines/onnxruntime/vendor-half.ts';
import { tableSigmoid } from '../../../../reference/functions/index.ts';
import { roundToVendorHalf } from '../../../../reference/quantize/index.ts';
import { halfEdges } from '../../../support/half-edges.ts';
import { elementwise, firstDifference } from './run-elementwise.ts';

const VALUES = halfEdges(1_000_000);

test("the vendor's half, bit for bit, at every half, every midpoint, their neighbours and a million random values", async () => {
  const session = await elementwise(emitVendorHalf, VENDOR_HALF_OPSET);
  const actual = await session.run(VALUES);
  expect(firstDifference(VALUES, actual, roundToVendorHalf)).toBeUndefined();
  // What ONNX's own cast would have given differs at half of the midpoints, at tiny values and at 65520.
  expect(await session.run(Float32Array.of(1 + 2 ** -11, 2 ** -30, -65520, 1e38, -0))).toEqual(
    Float32Array.of(1 + 2 ** -10, 2 ** -24, -65504, 65504, -0),
  );
  await session.close();
});

test('the sigmoid table, bit for bit, at the same values, across its range and where a position overflows', async () => {
  const session = await elementwise(emitTableSigmoid);
  const range = Float32Array.from({ length: 400_000 }, (_, i) => (i - 200_000) / 20_000);
  const largest = Float32Array.of(-3.4e38, -3e37, -2e37, 2e37, 3e37, 3.4e38);
  for (const values of [VALUES, range, largest]) {
    expect(firstDifference(values, await session.run(values), tableSigmoid)).toBeUndefined();
  }
  await session.close();
});

test('an operator set that lacks BitCast is refused by the runtime, not run wrongly', async () => {
  await expect(elementwise(emitVendorHalf, 17)).rejects.toThrow(/BitCast/);
  expect(() => new OnnxBuilder('x', 18)).toThrow(/choose 11 to 17, or 26/);
});

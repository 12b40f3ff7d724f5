import { expect, it } from 'vitest';
import { emitVendorHalf, VENDOR_HALF_OPSET } from '../../harness/engines/onnxruntime/vendor-half.ts';
import { roundToVendorHalf } from '../../reference/quantize/index.ts';
import { elementwise, firstDifference } from '../harness/engines/onnxruntime/run-elementwise.ts';

const CHUNK = 2 ** 22;
const FINITE = 0x7f800000;

it("ONNX Runtime rounds every finite float32 to the vendor's half bit for bit: all 4,278,190,080 of them", async () => {
  const session = await elementwise(emitVendorHalf, VENDOR_HALF_OPSET);
  const patterns = new Uint32Array(CHUNK);
  const values = new Float32Array(patterns.buffer);
  for (const sign of [0, 0x80000000]) {
    for (let start = 0; start < FINITE; start += CHUNK) {
      for (let i = 0; i < CHUNK; i++) patterns[i] = sign + start + i;
      expect(firstDifference(values, await session.run(values), roundToVendorHalf)).toBeUndefined();
    }
  }
  await session.close();
});

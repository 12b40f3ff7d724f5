import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { BadDataError } from '../../../harness/errors.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { elementCount } from '../../../reference/tensor.ts';
import { MUTATIONS } from './mutations.ts';
import { GOLDEN, temporaryFolder } from './support.ts';

const read = (name: string): Buffer => readFileSync(new URL(name, GOLDEN));

const SOURCES = {
  zip: () => [read('types_zip.pth'), read('trainer_zip.pth'), read('types_protocol4.pth')],
  legacy: () => [read('types_legacy.pt'), read('trainer_legacy.pt'), read('types_legacy_protocol3.pt')],
  onnx: () => [
    gunzipSync(read('yolox_w1_folded_decoded.onnx.gz')),
    gunzipSync(read('yolox_w1_unfolded.onnx.gz')),
  ],
};

/** One file of a hundred kilobytes reads in milliseconds; a busy machine gets a thousandfold. */
const LONGEST = 10_000;

/**
 * Damages the golden files of a format in `count` ways and reads each: every time either weights whose values fill their
 * shapes, or one sentence of `BadDataError`; never another error, never long.
 */
export async function survivesMutations(
  format: keyof typeof SOURCES,
  count: number,
  seed: number,
): Promise<{ read: number; refused: number; reasons: number }> {
  const folder = await temporaryFolder();
  const random = createRandom(seed);
  const sources = SOURCES[format]();
  const reasons = new Set<string>();
  let readable = 0;
  try {
    for (let trial = 0; trial < count; trial++) {
      const mutate = MUTATIONS[format][trial % MUTATIONS[format].length];
      const source = sources[random.integer(sources.length)];
      const path = await folder.file(await mutate(source, random), 'mutated');
      const started = performance.now();
      try {
        const { tensors } = await loadWeights(path);
        for (const tensor of tensors.values()) expect(tensor.data.length).toBe(elementCount(tensor.shape));
        readable++;
      } catch (error) {
        if (!(error instanceof BadDataError))
          throw new Error(`${format} seed ${seed} trial ${trial}`, { cause: error });
        expect(error.message).toMatch(/^cannot read weights from [^\n]{10,700}; [^\n]{5,200}$/);
        reasons.add(error.message.replace(`cannot read weights from ${path}: `, '').replace(/[\d"].*/, ''));
      }
      expect(performance.now() - started, `${format} seed ${seed} trial ${trial}`).toBeLessThan(LONGEST);
    }
  } finally {
    await folder.remove();
  }
  return { read: readable, refused: count - readable, reasons: reasons.size };
}

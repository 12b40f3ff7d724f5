import { sampleWeightsPath } from '../../datasets/index.ts';
import { loadWeights, writeZipCheckpoint } from '../../harness/weights/index.ts';
import { createRandom } from '../../reference/random.ts';

/** The sample's weights with noise in every convolution, as a share of its largest weight: a detector that has become worse. */
export async function writeWorseWeights(path: string, share: number): Promise<void> {
  const { tensors } = await loadWeights(sampleWeightsPath());
  const random = createRandom(1);
  const worse = [...tensors].map(([key, tensor]) => {
    if (tensor.shape.length !== 4 || tensor.dtype !== 'float32') return [key, tensor] as const;
    const { data } = tensor;
    const most = data.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
    return [key, { ...tensor, data: data.map((value) => value + share * most * random.gaussian()) }] as const;
  });
  await writeZipCheckpoint(path, new Map(worse));
}

import { beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSample } from '../../../datasets/index.ts';
import type { Backend } from '../../../harness/backends/backend.ts';
import { floatBackend } from '../../../harness/backends/float-backend.ts';
import { openEngine } from '../../../harness/engines/index.ts';
import { loadModel } from '../../../harness/model/load-model.ts';
import { type PreparedImage, prepareImages } from '../../../harness/model/prepare-images.ts';
import { DecodeStateCheck } from '../../../harness/run/decode-state.ts';
import { decodeInPlace } from '../../../reference/decode/index.ts';
import { inputHypotheses } from '../../../reference/diagnose/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const SIZE = { height: 416, width: 416 };
const SAMPLE: DatasetSample = {
  id: 397133,
  fileName: '000000397133.jpg',
  path: sharedPath('data', 'coco_val50', 'images', '000000397133.jpg'),
  width: 640,
  height: 427,
};

const copy = (tensor: Tensor): Tensor => float32Tensor(tensor.data.slice(), tensor.shape, tensor.layout);

/** Annotated so narrow that no letterbox could hold it: the check must go by the picture itself. */
const WRONGLY_ANNOTATED: DatasetSample = { ...SAMPLE, width: 1, height: 10_000 };

describe.skipIf(!hasShared)('DecodeStateCheck on YOLOX-nano', () => {
  let backend: Backend;
  let image: PreparedImage<DatasetSample>;
  let output: Tensor;

  beforeAll(async () => {
    const model = await loadModel(sharedPath('data', 'yolox_nano', 'yolox_nano.pth'));
    backend = await floatBackend(model, await openEngine('onnxruntime')).open({
      coreNumber: 1,
      purpose: 'accuracy',
    });
    for await (const prepared of prepareImages([WRONGLY_ANNOTATED], { size: SIZE, legacy: false }))
      image = prepared;
    output = copy((await backend.infer(image.pixels)).output);
    return () => backend.close();
  });

  /** What the check finds in `actual`, called `raw` by its backend. */
  async function check(actual: Tensor) {
    const decodeState = new DecodeStateCheck(SIZE, false);
    const { output: reference } = await backend.infer(image.pixels);
    const seen = await decodeState.look(image, { backend, head: { output: reference, decoded: false } }, [
      { name: 'card', head: { output: actual, decoded: false } },
    ]);
    decodeState.take('card', false, seen.get('card')!);
    return decodeState.record('card')!;
  }

  test('accuses nobody of the right output', async () => {
    expect(await check(copy(output))).toMatchObject({ state: 'raw', healthy: true, findings: [] });
  });

  test('names an output that is decoded already, whatever its backend says', async () => {
    const found = await check(decodeInPlace(copy(output), SIZE));
    expect(found).toMatchObject({ state: 'decoded', healthy: false });
    expect(found.findings.map(({ code }) => code)).toEqual(['already-decoded']);
  });

  test.each(['channels-swapped', 'letterbox-centred', 'input-divided-by-255'] as const)(
    'runs the reference on other inputs to name %s',
    async (mistake) => {
      const { apply } = inputHypotheses(false).find((hypothesis) => hypothesis.mistake === mistake)!;
      const wrong = copy((await backend.infer(apply(image.pixels, SAMPLE))).output);
      expect((await check(wrong)).findings.map(({ code }) => code)).toEqual([mistake]);
    },
  );
});

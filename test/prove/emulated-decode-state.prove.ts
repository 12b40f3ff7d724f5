import { beforeAll, describe, expect, it } from 'vitest';
import { emulatedMluBackend } from '../../harness/backends/emulated-mlu.ts';
import { openEngine } from '../../harness/engines/index.ts';
import { loadModel } from '../../harness/model/load-model.ts';
import { readQuantizedCheckpoint } from '../../reference/quantize/index.ts';
import { countNamed, type NanoOutputs } from '../reference/diagnose/diagnose-nano.ts';
import type { Fault } from '../reference/diagnose/inject-faults.ts';
import { floatNano, type NanoInput, nanoInputs, outputsOf } from '../reference/diagnose/nano-outputs.ts';
import { hasShared, sharedPath } from '../support/shared.ts';

const AS_HANDED_OVER: Fault = {
  name: 'decoded on the card',
  expected: [],
  decodedClaimed: true,
  inject: ({ data }) => data,
};

const CASES = ([16, 8] as const).flatMap((bits) =>
  (['mlu-online', 'mlu-offline'] as const).flatMap((name) =>
    (['float32', 'float16'] as const).flatMap((activations) =>
      (['exact', 'table'] as const).map((functions) => ({ bits, name, activations, functions })),
    ),
  ),
);

describe.skipIf(!hasShared)(
  'the decode-state check on emulated cards, each image of coco_val50 alone',
  () => {
    let inputs: readonly NanoInput[];
    let float: NanoOutputs;

    beforeAll(async () => {
      inputs = await nanoInputs(50);
      float = await outputsOf(await floatNano('onnxruntime'), inputs, ['right']);
    });

    it.each(CASES)('never accuses $name, int$bits, $activations, $functions', async (numerics) => {
      const { bits, name } = numerics;
      const { graph, tensors } = await loadModel(
        sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`),
      );
      const factory = emulatedMluBackend({
        ...{ name, graph, bits, numerics },
        scales: readQuantizedCheckpoint(tensors).convolutions,
        rounding: 'half-away-from-zero',
        engine: await openEngine('onnxruntime'),
      });
      const outputs = await outputsOf(factory, inputs, ['right']);
      expect(countNamed(AS_HANDED_OVER, outputs.get('right')!, float).wrong).toEqual([]);
    });
  },
);

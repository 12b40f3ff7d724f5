import { beforeAll, describe, expect, it } from 'vitest';
import { decodeFixedGrids, fixedGrids } from '../../../reference/decode/index.ts';
import {
  inputHypotheses,
  isExplained,
  OutputDiagnoser,
  rereadOutput,
} from '../../../reference/diagnose/index.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { largestRelativeDifference } from '../../support/largest-difference.ts';
import { hasShared } from '../../support/shared.ts';
import { countNamed, diagnoseFault, type NanoOutputs } from './diagnose-nano.ts';
import { DOUBLE_FAULTS, HEALTHY_FORMS, OUTPUT_FAULTS } from './inject-faults.ts';
import {
  floatNano,
  type InputName,
  NANO_SIZE,
  nanoInputs,
  outputsOf,
  quantizedNano,
} from './nano-outputs.ts';

const IMAGES = 2;
const INPUTS: InputName[] = ['right', ...inputHypotheses(false).map(({ mistake }) => mistake)];

describe.skipIf(!hasShared)('faults in outputs of YOLOX-nano, each image alone', () => {
  let float: NanoOutputs;
  const backends = new Map<string, NanoOutputs>();

  beforeAll(async () => {
    const inputs = await nanoInputs(IMAGES);
    float = await outputsOf(await floatNano('onnxruntime'), inputs, INPUTS);
    backends.set('float', float);
    backends.set('int16', await outputsOf(await quantizedNano(16), inputs, INPUTS));
    backends.set('int8', await outputsOf(await quantizedNano(8), inputs, ['right']));
    backends.set('float, tfjs', await outputsOf(await floatNano('tfjs'), inputs, ['right']));
  });

  it.each(['float', 'float, tfjs', 'int16', 'int8'])('accuses nothing healthy: %s', (name) => {
    for (const form of HEALTHY_FORMS) {
      expect(countNamed(form, backends.get(name)!.get('right')!, float).wrong).toEqual([]);
    }
  });

  it.each([...OUTPUT_FAULTS, ...DOUBLE_FAULTS].map((fault) => [fault.name, fault] as const))(
    'names %s on float, int16 and int8',
    (_, fault) => {
      for (const name of ['float', 'int16', 'int8']) {
        expect(countNamed(fault, backends.get(name)!.get('right')!, float).wrong).toEqual([]);
      }
    },
  );

  it('names each wrong input, raw, decoded, and undecoded at the same time', () => {
    for (const name of ['float', 'int16']) {
      for (const input of INPUTS) {
        if (input === 'right') continue;
        for (const form of [...HEALTHY_FORMS, OUTPUT_FAULTS[0]!]) {
          const { wrong } = countNamed(form, backends.get(name)!.get(input)!, float, [input]);
          expect(wrong).toEqual([]);
        }
      }
    }
  });

  it('undoes every mistake that shows on the output: what is decoded then is the reference, decoded', () => {
    const raw = float.get('right')![0]!;
    const wanted = decodeFixedGrids(raw, fixedGrids(NANO_SIZE));
    for (const fault of [...OUTPUT_FAULTS, ...DOUBLE_FAULTS]) {
      const data = fault.inject({ data: raw.data, channels: 85, ...NANO_SIZE });
      const diagnosis = diagnoseFault(fault, raw, float, 0);
      for (const { undoable, evidence } of diagnosis.findings) {
        expect(undoable).toBe(true);
        // Sizes decoded with the strides of other levels do not rise together, so a little correlation is missing.
        const left = evidence.unit === 'px' ? 1e-3 : 0.1;
        expect(evidence.errorAfter).toBeLessThan(evidence.errorBefore * left);
      }
      const reread = rereadOutput(float32Tensor(data, raw.shape, 'NAC'), diagnosis.reading, NANO_SIZE);
      const decoded = decodeFixedGrids(reread, fixedGrids(NANO_SIZE));
      // A second sigmoid leaves steps of 6e-8 between ½ and 0.73, four times that in probability.
      expect(largestRelativeDifference(decoded.data, wanted.data), fault.name).toBeLessThan(1e-6);
    }
  });

  it('pools images, asks for other inputs where the outputs are unlike, and tells what is left', () => {
    const outputs = new OutputDiagnoser({ inputSize: NANO_SIZE, decodedClaimed: false });
    const others = (i: number): Map<'letterbox-centred', Tensor> =>
      new Map([['letterbox-centred', float.get('letterbox-centred')![i]!]]);
    for (let i = 0; i < IMAGES; i++) {
      const reference = { output: float.get('right')![i]!, decoded: false };
      const actual = backends.get('int16')!.get('letterbox-centred')![i]!;
      const seen = outputs.look(reference, actual);
      expect(seen.map(isExplained)).toEqual([false]);
      for (const image of outputs.lookAtInputs(seen, reference, actual, others(i))) outputs.take(image);
    }
    const { findings, images, residual } = outputs.diagnosis();
    expect(findings.map(({ code }) => code)).toEqual(['letterbox-centred']);
    expect(images).toBe(IMAGES);
    expect(residual).toBe(findings[0]!.evidence.errorAfter);
  });
});

import { describe, expect, it } from 'vitest';
import { anchorGrid, decodeFixedGrids, fixedGrids } from '../../../reference/decode/index.ts';
import {
  diagnoseOutput,
  isExplained,
  OutputDiagnoser,
  type OutputDiagnosis,
  rereadOutput,
} from '../../../reference/diagnose/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor, type Tensor } from '../../../reference/tensor.ts';
import { CHANNELS, rawOutput } from '../../support/made-up-raw-output.ts';
import { DOUBLE_FAULTS, HEALTHY_FORMS, OUTPUT_FAULTS } from './inject-faults.ts';

const SIZE = { height: 128, width: 224 };
const withData = (tensor: Tensor, data: Float32Array): Tensor => float32Tensor(data, tensor.shape, 'NAC');
const image = (raw: Tensor) => ({ data: raw.data, channels: CHANNELS, ...SIZE });
const codesOf = ({ findings }: OutputDiagnosis): string[] => findings.map(({ code }) => code).sort();

function diagnose(reference: Tensor, actual: Tensor, decodedClaimed: boolean | null, size = SIZE) {
  return diagnoseOutput({
    reference: { output: reference, decoded: false },
    actual: { output: actual, decodedClaimed },
    inputSize: size,
  });
}

describe('diagnoseOutput on an input that is not square', () => {
  it.each(
    [...HEALTHY_FORMS, ...OUTPUT_FAULTS, ...DOUBLE_FAULTS].map((fault) => [fault.name, fault] as const),
  )('names %s, and nothing else', (_, fault) => {
    const raw = rawOutput();
    const diagnosis = diagnose(raw, withData(raw, fault.inject(image(raw))), fault.decodedClaimed);
    expect(codesOf(diagnosis)).toEqual([...fault.expected].sort());
    expect(diagnosis.healthy).toBe(fault.expected.length === 0);
    for (const { sentence, portLine, evidence } of diagnosis.findings) {
      expect(sentence).toMatch(/: the .* is .*, and .* once that is undone \(1 image\)\.$/);
      expect(portLine.length).toBeGreaterThan(40);
      expect(evidence.errorAfter).toBeLessThan(evidence.errorBefore);
    }
  });

  it('names a grid that was laid out column by column', () => {
    const raw = rawOutput();
    const data = decodeFixedGrids(raw, fixedGrids(SIZE)).data;
    for (const { start, count, rows, stride } of anchorGrid(SIZE).levels) {
      for (let cell = 0; cell < count; cell++) {
        const at = (start + cell) * CHANNELS;
        data[at] = (raw.data[at]! + Math.floor(cell / rows)) * stride;
        data[at + 1] = (raw.data[at + 1]! + (cell % rows)) * stride;
      }
    }
    const actual = withData(raw, data);
    const diagnosis = diagnose(raw, actual, true);
    expect(codesOf(diagnosis)).toEqual(['grids-swapped']);
    const reread = rereadOutput(actual, diagnosis.reading, SIZE);
    reread.data.forEach((value, i) => {
      expect(Math.abs(value - raw.data[i]!)).toBeLessThan(1e-4);
    });
  });

  it('reads the state from the numbers where the backend says nothing of itself', () => {
    const raw = rawOutput();
    const decoded = decodeFixedGrids(raw, fixedGrids(SIZE));
    expect(diagnose(raw, raw, null)).toMatchObject({ state: 'raw', healthy: true });
    expect(diagnose(raw, decoded, null)).toMatchObject({ state: 'decoded', healthy: true });
  });

  it('takes a decoded reference', () => {
    const raw = rawOutput();
    const reference = { output: decodeFixedGrids(raw, fixedGrids(SIZE)), decoded: true };
    for (const fault of [...HEALTHY_FORMS, ...OUTPUT_FAULTS]) {
      const actual = {
        output: withData(raw, fault.inject(image(raw))),
        decodedClaimed: fault.decodedClaimed,
      };
      expect(codesOf(diagnoseOutput({ reference, actual, inputSize: SIZE })), fault.name).toEqual(
        fault.expected,
      );
    }
  });

  it('names every mistake where no anchor has an object: objectness below 0.002 everywhere', () => {
    const raw = rawOutput({ background: -14 });
    for (const fault of [...HEALTHY_FORMS, ...OUTPUT_FAULTS]) {
      const diagnosis = diagnose(raw, withData(raw, fault.inject(image(raw))), fault.decodedClaimed);
      expect(codesOf(diagnosis), fault.name).toEqual(fault.expected);
    }
  });
});

describe('what else may come', () => {
  it('is not misled by noise of a quarter of a cell, a fifth of a size and a half of a logit', () => {
    const random = createRandom(7);
    for (let seed = 10; seed < 30; seed++) {
      const raw = rawOutput({ seed });
      const data = raw.data.map((value, i) => {
        const noise = random.gaussian();
        const c = i % CHANNELS;
        if (c < 4) return value + noise * (c < 2 ? 0.25 : 0.2);
        return 1 / (1 + Math.exp(-Math.log(value / (1 - value)) - noise / 2));
      });
      for (const form of HEALTHY_FORMS) {
        const actual = withData(raw, form.inject({ ...image(raw), data }));
        expect(codesOf(diagnose(raw, actual, form.decodedClaimed))).toEqual([]);
      }
    }
  });

  it('accuses no output of decoding that has nothing to do with the reference', () => {
    for (let seed = 40; seed < 60; seed++) {
      const other = rawOutput({ seed });
      for (const form of HEALTHY_FORMS) {
        const actual = withData(other, form.inject(image(other)));
        const diagnosis = diagnose(rawOutput({ seed: seed + 100 }), actual, form.decodedClaimed);
        expect(codesOf(diagnosis)).toEqual([]);
        expect(diagnosis.residual).toBeGreaterThan(0.3);
      }
    }
  });

  it.each([0, 0.5, 1, 114])('says of an output of nothing but %d that every anchor is the same', (value) => {
    const raw = rawOutput();
    for (const claimed of [true, false, null]) {
      const diagnosis = diagnose(raw, withData(raw, new Float32Array(raw.data.length).fill(value)), claimed);
      expect(codesOf(diagnosis)).toEqual(['constant-output']);
      expect(diagnosis.findings[0]!.sentence).toContain('centres, sizes, objectness, classes');
      expect(diagnosis.findings[0]).toMatchObject({ undoable: false, evidence: { errorAfter: null } });
    }
  });

  it('counts NaN and infinities, and reads the other images of the batch', () => {
    const raw = rawOutput({ batch: 2 });
    const data = raw.data.slice();
    data[5] = Number.NaN;
    data[100] = Number.POSITIVE_INFINITY;
    const diagnosis = diagnose(raw, withData(raw, data), true);
    expect(codesOf(diagnosis)).toEqual(['not-decoded', 'not-finite']);
    expect(diagnosis.images).toBe(1);
    expect(diagnosis.findings[0]).toMatchObject({
      code: 'not-finite',
      evidence: { errorBefore: 2, images: 1 },
    });
    const lost = diagnose(raw, withData(raw, data.fill(Number.NaN)), true);
    expect(lost).toMatchObject({ healthy: false, images: 0, state: 'decoded' });
    expect(codesOf(lost)).toEqual(['not-finite']);
  });

  it('reads each image of a batch by itself, exchanged axes too', () => {
    const raw = rawOutput({ batch: 2 });
    const [batch, anchors] = raw.shape as [number, number];
    const data = new Float32Array(raw.data.length);
    for (let i = 0; i < batch; i++)
      for (let a = 0; a < anchors; a++)
        for (let c = 0; c < CHANNELS; c++)
          data[(i * CHANNELS + c) * anchors + a] = raw.data[(i * anchors + a) * CHANNELS + c]!;
    for (const shape of [raw.shape, [2, CHANNELS, anchors], [2, CHANNELS, 1, anchors]]) {
      const diagnosis = diagnose(raw, float32Tensor(data, shape), false);
      expect(codesOf(diagnosis)).toEqual(['channel-major']);
      expect(diagnosis.images).toBe(2);
      expect(rereadOutput(withData(raw, data), diagnosis.reading, SIZE).data).toEqual(raw.data);
    }
  });

  it('works on the smallest input there is', () => {
    const size = { height: 32, width: 32 };
    const raw = rawOutput({ size });
    expect(diagnose(raw, raw, false, size).healthy).toBe(true);
    expect(codesOf(diagnose(raw, raw, true, size))).toEqual(['not-decoded']);
  });

  it('refuses shapes that do not belong together, and a reference that is not finite', () => {
    const raw = rawOutput();
    const small = { height: 32, width: 32 };
    expect(() => diagnose(raw, rawOutput({ size: small }), false)).toThrow(/\[1, 21, 9\]/);
    expect(() => diagnose(raw, rawOutput({ batch: 2 }), false)).toThrow(RangeError);
    expect(() => diagnose(raw, raw, false, small)).toThrow(/32×32/);
    const broken = raw.data.slice();
    broken[3] = Number.NaN;
    expect(() => diagnose(withData(raw, broken), raw, false)).toThrow(/reference output/);
  });
});

describe('OutputDiagnoser', () => {
  it('looks at no more images than its limit, and refuses to judge none', () => {
    const raw = rawOutput();
    const reference = { output: raw, decoded: false };
    const diagnoser = new OutputDiagnoser({ inputSize: SIZE, decodedClaimed: false, imageLimit: 2 });
    expect(() => diagnoser.diagnosis()).toThrow(/at least one/);
    for (let i = 0; i < 3; i++) {
      const [image] = diagnoser.look(reference, raw);
      expect(isExplained(image!)).toBe(true);
      diagnoser.take(image!);
    }
    expect(diagnoser.full).toBe(true);
    expect(diagnoser.diagnosis()).toMatchObject({ images: 2, healthy: true, residual: 0 });
    expect(() => new OutputDiagnoser({ inputSize: SIZE, decodedClaimed: true, imageLimit: 0 })).toThrow(
      RangeError,
    );
  });

  it('takes the median over the images, so that one odd picture decides nothing', () => {
    const diagnoser = new OutputDiagnoser({ inputSize: SIZE, decodedClaimed: false });
    for (let i = 0; i < 5; i++) {
      const raw = rawOutput({ seed: i });
      const actual = i === 2 ? decodeFixedGrids(raw, fixedGrids(SIZE)) : raw;
      for (const image of diagnoser.look({ output: raw, decoded: false }, actual)) diagnoser.take(image);
    }
    expect(diagnoser.diagnosis()).toMatchObject({ state: 'raw', healthy: true });
  });
});

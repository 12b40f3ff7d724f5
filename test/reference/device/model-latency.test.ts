import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ASSUMED_SYNCHRONISATION,
  belowFloor,
  CARDS,
  cardNamedIn,
  computeFloorMs,
  layerWork,
  type ModelOptions,
  modelLatency,
} from '../../../reference/device/index.ts';
import {
  buildYolox,
  countMultiplyAdds,
  inferShapes,
  officialVariant,
  randomWeights,
  roundActivations,
  splitSilu,
  tabulateSigmoid,
} from '../../../reference/network/index.ts';
import { elementCount } from '../../../reference/tensor.ts';

const graphOf = (name: 's' | 'nano') => {
  const variant = officialVariant(name);
  return buildYolox(variant, randomWeights(variant, 1));
};
const s = graphOf('s');
const nano = graphOf('nano');
const SIZE = [640, 640] as const;
const fusedWork = layerWork(s, { size: SIZE, fused: true });
const singleWork = layerWork(s, { size: SIZE, fused: false });

describe('layerWork of YOLOX-s at 640', () => {
  test('has every multiply–add once, fused or not', () => {
    for (const work of [fusedWork, singleWork]) {
      expect(work.reduce((sum, layer) => sum + layer.matrixMultiplyAdds, 0)).toBe(countMultiplyAdds(s, SIZE));
      expect(work.reduce((sum, layer) => sum + layer.vectorOps, 0)).toBe(
        fusedWork.reduce((sum, layer) => sum + layer.vectorOps, 0),
      );
      // 17.9 MB of int16 weights.
      expect((2 * work.reduce((sum, layer) => sum + layer.integerWeights, 0)) / 1e6).toBeCloseTo(17.9, 1);
    }
  });

  test('fused: one launch for each of 83 convolutions and of the other operations; single: a SiLU is two, Focus five', () => {
    expect(fusedWork.filter((layer) => layer.matrixMultiplyAdds > 0)).toHaveLength(83);
    const count = (ops: string[]) => s.nodes.filter(({ op }) => ops.includes(op)).length;
    const behind = count(['batch-norm', 'silu', 'sigmoid']);
    expect(fusedWork).toHaveLength(s.nodes.length - behind);
    expect(fusedWork.every(({ launches }) => launches === 1)).toBe(true);
    const launches = singleWork.reduce((sum, layer) => sum + layer.launches, 0);
    expect(launches).toBe(s.nodes.length + count(['silu']) + 4 * count(['focus']));
  });

  test('what convolutions write, once: 30.56 M elements', () => {
    const shapes = inferShapes(s, [1, 3, ...SIZE]);
    const written = s.nodes
      .filter(({ op }) => op === 'conv2d')
      .reduce((sum, node) => sum + elementCount(shapes.get(node.output)!), 0);
    expect(written / 1e6).toBeCloseTo(30.56, 2);
    const moved = (work: typeof fusedWork) => work.reduce((sum, layer) => sum + layer.activations, 0);
    expect(moved(fusedWork)).toBeGreaterThan(2 * written);
    // Batch norm and a SiLU of two steps move seven times what a fused convolution writes, and more.
    expect(moved(singleWork) - moved(fusedWork)).toBeGreaterThan(6 * written);
  });

  test('depthwise convolutions of nano are on the vector unit, with float weights', () => {
    const work = layerWork(nano, { size: [416, 416], fused: true });
    const depthwise = work.filter((layer) => layer.depthwiseOps > 0);
    expect(depthwise).toHaveLength(
      nano.nodes.filter((node) => node.op === 'conv2d' && node.groups > 1).length,
    );
    expect(depthwise.every((layer) => layer.matrixMultiplyAdds === 0 && layer.floatWeights > 0)).toBe(true);
    const products = work.reduce((sum, layer) => sum + layer.matrixMultiplyAdds + layer.depthwiseOps / 2, 0);
    expect(products).toBe(countMultiplyAdds(nano, [416, 416]));
  });
});

describe('layerWork of the operators of a card', () => {
  const vectorOps = (graph: typeof s) =>
    layerWork(graph, { size: SIZE, fused: false }).reduce((sum, layer) => sum + layer.vectorOps, 0);

  test('SiLU as a sigmoid, or a table of it, and a product: as many vector operations as in one', () => {
    const split = splitSilu(s);
    expect(split.nodes.some(({ op }) => op === 'multiply')).toBe(true);
    expect(vectorOps(split)).toBe(vectorOps(s));
    expect(vectorOps(tabulateSigmoid(split))).toBe(vectorOps(s));
  });

  test('a sigmoid by table is fused behind a convolution as an exact one', () => {
    expect(layerWork(tabulateSigmoid(s), { size: SIZE, fused: true })).toEqual(fusedWork);
  });

  test('a rounding to half is one operation an element', () => {
    const rounded = roundActivations(s, 'operator');
    const shapes = inferShapes(rounded, [1, 3, ...SIZE]);
    const elements = rounded.nodes
      .filter(({ op }) => op === 'vendor-half')
      .reduce((sum, node) => sum + elementCount(shapes.get(node.output)!), 0);
    expect(elements).toBeGreaterThan(0);
    expect(vectorOps(rounded)).toBe(vectorOps(s) + elements);
  });
});

describe('computeFloorMs', () => {
  test.each([
    [1, 6.52],
    [4, 1.63],
    [8, 0.81],
    [16, 0.41],
  ])('int16 YOLOX-s at 640 on %d cores of the MLU270: %d ms', (cores, floor) => {
    expect(computeFloorMs(fusedWork, CARDS.mlu270, { cores, batch: 1, bits: 16 })).toBeCloseTo(floor, 2);
    expect(computeFloorMs(fusedWork, CARDS.mlu270, { cores, batch: 1, bits: 8 })).toBeCloseTo(floor / 2, 1);
  });

  test('a latency below it is an error of measurement', () => {
    expect(belowFloor(0.3, 0.41)).toMatch(/^0\.300 ms is below the 0\.410 ms .*missing synchronisation/);
    expect(belowFloor(0.41, 0.41)).toBeNull();
  });

  test('refuses cores that the card does not have', () => {
    expect(() => computeFloorMs(fusedWork, CARDS.mlu220, { cores: 8, batch: 1, bits: 16 })).toThrow(
      'cannot model 8 cores of the MLU220: give a whole number from 1 to 4',
    );
    expect(() => computeFloorMs(fusedWork, CARDS.mlu270, { cores: 1, batch: 0, bits: 16 })).toThrow(
      RangeError,
    );
  });
});

describe('modelLatency', () => {
  const options: ModelOptions = {
    cores: 4,
    batch: 1,
    bits: 16,
    activationBytes: 4,
    synchronisation: ASSUMED_SYNCHRONISATION.offline,
  };
  const model = (changes: Partial<ModelOptions> = {}, work = fusedWork) =>
    modelLatency(work, CARDS.mlu270, { ...options, ...changes });

  test('is what a sum over the layers by hand gives', () => {
    let sum = 0;
    for (const layer of fusedWork) {
      const matrixMs = (layer.matrixMultiplyAdds * 2) / (4 * 4.096e9);
      const vectorMs = layer.vectorOps / (4 * 32e6);
      const bytes = layer.integerWeights * 2 + layer.activations * 4;
      sum += Math.max(matrixMs, vectorMs, bytes / 102.4e6);
    }
    const { milliseconds, layersMs, synchronisationMs } = model();
    expect(layersMs).toBeCloseTo(sum, 9);
    expect(synchronisationMs).toBeCloseTo(fusedWork.length * 3 * 0.0002, 9);
    expect(milliseconds).toBe(layersMs + synchronisationMs);
  });

  test('is never below the floor, and more cores without synchronisation never slower', () => {
    const free = { launchMs: 0, perCoreMs: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(fusedWork, singleWork),
        fc.constantFrom(1, 2, 4, 8),
        fc.integer({ min: 1, max: 16 }),
        fc.constantFrom(8 as const, 16 as const),
        fc.constantFrom(2 as const, 4 as const),
        (work, cores, batch, bits, activationBytes) => {
          const at = (count: number) =>
            model({ cores: count, batch, bits, activationBytes, synchronisation: free }, work);
          expect(at(cores).milliseconds).toBeGreaterThanOrEqual(at(cores).floorMs);
          expect(at(2 * cores).milliseconds).toBeLessThanOrEqual(at(cores).milliseconds);
          expect(at(2 * cores).milliseconds).toBeGreaterThanOrEqual(at(cores).milliseconds / 2);
        },
      ),
    );
  });

  test('a batch shares the weights and the launches: less than its multiple, more than the arithmetic', () => {
    for (const batch of [4, 16]) {
      expect(model({ batch }).milliseconds).toBeLessThan(batch * model().milliseconds);
      expect(model({ batch }).floorMs).toBeCloseTo(batch * model().floorMs, 9);
    }
  });

  test('operator by operator is slower than fused, float32 slower than float16', () => {
    const online = model({ synchronisation: ASSUMED_SYNCHRONISATION.online }, singleWork);
    expect(online.milliseconds).toBeGreaterThan(2 * model().milliseconds);
    expect(model({ activationBytes: 2 }).milliseconds).toBeLessThan(model().milliseconds);
  });

  test('on 16 cores it waits for memory, as its share tells', () => {
    const { memoryBoundMs, layersMs } = model({ cores: 16 });
    expect(memoryBoundMs / layersMs).toBeGreaterThan(0.9);
  });
});

test('a card is known by its name in the description of a device', () => {
  expect(cardNamedIn('MLU270-S4, CNRT 4.10.1')).toBe(CARDS.mlu270);
  expect(cardNamedIn('mlu220')).toBe(CARDS.mlu220);
  expect(cardNamedIn('CPU')).toBeNull();
});

import { describe, expect, test } from 'vitest';
import type { BackendDescription } from '../../../harness/backends/backend.ts';
import { modelledCard } from '../../../harness/latency/modelled-card.ts';
import { floorOf, modelledPoints } from '../../../harness/latency/modelled-points.ts';
import { fitSynchronisation } from '../../../reference/device/index.ts';
import { buildYolox, officialVariant, randomWeights } from '../../../reference/network/index.ts';

const graph = buildYolox(officialVariant('s'), randomWeights(officialVariant('s'), 1));
const SIZE = { height: 640, width: 640 };

describe('floorOf', () => {
  const floor = floorOf(graph, SIZE);
  const card: BackendDescription = {
    ...{ name: 'mlu-offline', precision: 'int16', engine: 'CNRT 4.10', device: 'MLU270-S4', coreNumber: 4 },
    ...{ decoded: true, outputProvenance: 'replayed', latencyProvenance: 'replayed' },
  };

  test('is that of the card, core number, bits and batch that a backend names', () => {
    expect(floor(card, 1)).toBeCloseTo(1.63, 2);
    expect(floor({ ...card, coreNumber: 16 }, 1)).toBeCloseTo(0.41, 2);
    expect(floor({ ...card, precision: 'int8 fast' }, 1)).toBeCloseTo(0.81, 2);
    expect(floor(card, 4)).toBeCloseTo(6.52, 2);
  });

  test('is none for a CPU, what stands in for a card, a float network, and more cores than the card has', () => {
    expect(floor({ ...card, device: 'CPU' }, 1)).toBeNull();
    expect(floor({ ...card, device: 'stand-in for MLU270', latencyProvenance: 'emulated' }, 1)).toBeNull();
    expect(floor({ ...card, precision: 'float16' }, 1)).toBeNull();
    expect(floor({ ...card, coreNumber: 32 }, 1)).toBeNull();
  });
});

describe('modelledPoints', () => {
  const options = { name: 'mlu-offline', bits: 16, activations: 'float32' } as const;

  test('a synchronisation fitted to points gives those points again', () => {
    const truth = { launchMs: 0.003, perCoreMs: 0.0007 };
    const cores = [1, 2, 4, 8, 16];
    const pointsWith = (synchronisation: typeof truth) =>
      modelledPoints(modelledCard(graph, SIZE, { ...options, card: 'mlu270', synchronisation }), cores, [1]);
    const onCard = pointsWith(truth);
    const free = pointsWith({ launchMs: 0, perCoreMs: 0 });
    const fit = fitSynchronisation(
      onCard.map(({ coreNumber, device, modelled }, i) => ({
        cores: coreNumber,
        launches: modelled!.launches,
        measuredMs: device!.p50Ms,
        modelledMs: free[i]!.device!.p50Ms,
      })),
    );
    expect(fit.launchMs).toBeCloseTo(truth.launchMs, 9);
    expect(fit.perCoreMs).toBeCloseTo(truth.perCoreMs, 9);
  });

  test('a core number that the card does not have is refused', () => {
    const card = modelledCard(graph, SIZE, { ...options, card: 'mlu220' });
    expect(() => modelledPoints(card, [8], [1])).toThrow('cannot model 8 cores of the MLU220');
  });
});

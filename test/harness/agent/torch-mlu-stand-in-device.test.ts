import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../support/python.ts';
import { pythonJson, runPythonFile } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const facts = (name: string): string => fileURLToPath(new URL(`support/${name}.py`, import.meta.url));

interface DeviceFacts {
  readonly standIn: string;
  readonly settings: Readonly<Record<string, string | null>>;
  readonly operators: {
    readonly said: Readonly<Record<string, string | null>>;
    readonly back: boolean;
    readonly sliceAssigned: boolean;
    readonly device: string;
  };
  readonly int16: Arithmetic;
  readonly int8: Arithmetic;
  readonly byChannel: Arithmetic;
  readonly offline: Readonly<Record<string, boolean | string | null>>;
}
interface Arithmetic {
  readonly largestDifference: number;
  readonly fromFloat: number;
  readonly saturated: number;
  readonly halves: number;
}

describe.skipIf(!python)('the stand-in of the card', () => {
  const folder = suiteFolder();
  let of: DeviceFacts;
  beforeAll(async () => {
    of = await pythonJson(facts('device_facts'), [folder]);
  });

  test('says that it is one', () => {
    expect(of.standIn).toMatch(/stand-in/);
  });

  test('core numbers, versions, formats and ordinals beyond the known are refused', () => {
    const fine = Object.keys(of.settings).filter((name) => of.settings[name] === null);
    expect(fine).toEqual(['cores 16', 'version MLU220', 'MLU220 cores 4', 'format 3']);
    expect(of.settings['16 on MLU220']).toMatch(/no 16 cores/);
  });

  test('a detector’s operators run; what the card lacks is refused, and the CPU’s tensors with its own', () => {
    const { said, back, sliceAssigned, device } = of.operators;
    const fine = Object.keys(said).filter((name) => said[name] === null);
    const expected = ['sigmoid', 'slice', 'cat', 'pool', 'upsample', 'batch norm', 'depthwise', 'type_as'];
    expect(fine).toEqual(expected);
    for (const name of ['arange', 'full', 'meshgrid', 'silu', 'fill_'])
      expect(said[name]).toMatch(new RegExp(`'${name}' is not implemented for the MLU`));
    expect(said['float convolution']).toMatch(/no float convolution/);
    expect(said.mixed).toMatch(/CPU together with/);
    expect({ back, sliceAssigned, device }).toEqual({ back: true, sliceAssigned: false, device: 'mlu' });
  });

  test('convolutions run on integers, half away from zero and saturated, exactly as numpy’s', () => {
    for (const arithmetic of [of.int16, of.int8, of.byChannel]) {
      expect(arithmetic.largestDifference).toBe(0);
      expect(arithmetic.fromFloat).toBeGreaterThan(1);
      expect(arithmetic.saturated).toBeGreaterThan(0);
      expect(arithmetic.halves).toBeGreaterThan(50);
    }
  });

  test('an offline model is written when a traced network runs under a name, and at no other time', () => {
    expect(of.offline).toMatchObject({ eager: false, traced: false, run: true, ended: false });
    expect(of.offline.gradients).toMatch(/set_grad_enabled/);
    expect(of.offline.hostTensor).toMatch(/tensor of the CPU/);
    expect(of.offline.withoutScales).toContain('has no scale');
    expect(of.offline.fake).toMatch(/fake device/);
  });

  test('its notifier can be taken away, as it may be from 1.3', async () => {
    const probe = facts('probe_notifier');
    expect((await runPythonFile(probe, [])).stdout).toBe('there\n');
    const without = await runPythonFile(probe, [], { MLU_STAND_IN_NO_NOTIFIER: '1' });
    expect(without.stdout).toBe('none\n');
  });
});

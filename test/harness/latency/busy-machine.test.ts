import { expect, test } from 'vitest';
import { busyMachineWarnings } from '../../../harness/latency/busy-machine.ts';

test('a machine is busy from three quarters of its threads on, and said to be with the figures', () => {
  expect(busyMachineWarnings(0, 2)).toEqual([]);
  expect(busyMachineWarnings(1.49, 2)).toEqual([]);
  expect(busyMachineWarnings(5.37, 2)).toEqual([expect.stringContaining('(load 5.4 on 2 threads)')]);
});

import type { DeviceMeasurement, DeviceSession, MeasureOptions } from '../../../harness/device/index.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

export interface FakeSessionOptions {
  readonly description?: Partial<DeviceSession['description']>;
  readonly restarts?: readonly string[];
  /** Of every inference. */
  readonly hostMs?: number;
  readonly deviceMs?: number;
  /** In the place of measuring; by default every request takes `hostMs`, and contexts do not disturb each other. */
  readonly measure?: (batch: number, options: MeasureOptions) => DeviceMeasurement;
  readonly onClose?: () => void;
}

/** A session without an agent, on a network with 126 anchors and 3 classes. */
export function fakeSession({
  description = {},
  restarts = [],
  hostMs = 5,
  deviceMs = 4,
  onClose,
  ...fake
}: FakeSessionOptions = {}): DeviceSession {
  const measure = (options: MeasureOptions): DeviceMeasurement => {
    const rows = (value: number) =>
      Array.from({ length: options.contexts }, () => new Array<number>(options.requests).fill(value));
    const wallSeconds = (options.requests * hostMs) / 1000;
    return { hostMs: rows(hostMs), deviceMs: rows(deviceMs), wallSeconds, sameOutputs: true };
  };
  return {
    description: {
      ...{ device: 'MLU270', precision: 'int16', engine: 'CNRT 4.10', coreNumber: 4, decoded: true },
      ...{ standIn: null, warnings: [], details: {} },
      ...description,
    },
    restarts,
    async infer({ shape: [batch] }) {
      const output = float32Tensor(new Float32Array(batch! * 126 * 8).fill(0.5), [batch!, 126, 8], 'NAC');
      return { output, hostMilliseconds: hostMs, deviceMilliseconds: deviceMs };
    },
    measure: async ({ shape: [batch] }, options) => fake.measure?.(batch!, options) ?? measure(options),
    async close() {
      onClose?.();
    },
  };
}

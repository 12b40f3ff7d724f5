import {
  type DecodeArithmetic,
  decodeConcatenated,
  decodeFixedGrids,
  type FixedGrids,
  fixedGrids,
  type InputSize,
} from '../../reference/decode/index.ts';
import { EXP_TABLE_NAME, SIGMOID_TABLE_NAME, tableExp } from '../../reference/functions/index.ts';
import type { ConvScales, Graph, RoundingMode } from '../../reference/network/index.ts';
import { nacToChannelMajor } from '../../reference/preprocess/index.ts';
import { roundToVendorHalf, vendorHalfFromFloat } from '../../reference/quantize/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { MluBackendName } from '../config/option-choices.ts';
import type { Engine } from '../engines/engine.ts';
import type { BackendFactory, Emulation } from './backend.ts';
import { type DeviceNumerics, emulatedMluGraph } from './emulated-mlu-graph.ts';
import { networkBackend } from './network-backend.ts';
import { type OfflineOutput, readOfflineOutput } from './offline-output.ts';
import { markQuantized } from './quantized-backend.ts';

export interface EmulatedMluOptions {
  readonly name: MluBackendName;
  /** As the official source has it: scales belong to weights that nothing was folded into. */
  readonly graph: Graph;
  readonly scales: ReadonlyMap<string, ConvScales>;
  readonly bits: 8 | 16;
  readonly rounding: RoundingMode;
  readonly numerics: DeviceNumerics;
  readonly engine: Engine;
}

/**
 * `mlu-online` and `mlu-offline` without a card: the quantised network as it runs layer by layer or compiled, boxes decoded
 * on the device, online by two concatenations, offline with fixed grids and an output in the offline model's layout.
 * @throws BadDataError when scales and network do not belong together.
 */
export function emulatedMluBackend(options: EmulatedMluOptions): BackendFactory {
  const { name, bits, numerics, engine } = options;
  const quantized = markQuantized(options.graph, options.scales, options.rounding);
  const network = networkBackend({
    name,
    graph: emulatedMluGraph(name, quantized, numerics),
    engine,
    precision: `int${bits} exact, ${numerics.activations} activations`,
    outputProvenance: 'emulated',
    execution: 'exact',
  });
  return {
    name,
    async open(openOptions) {
      const session = await network.open(openOptions);
      const decode = name === 'mlu-online' ? onlineDecode(numerics) : offlineDecode(numerics);
      return {
        describe: () => ({
          ...session.describe(),
          device: 'MLU, emulated on CPU',
          decoded: true,
          // Of whatever figures there will be: the emulation's own time is never one of the card.
          latencyProvenance: 'modelled',
          emulation: describeEmulation(name, numerics),
        }),
        async infer(batch) {
          const { output } = await session.infer(batch);
          const [, , height, width] = batch.shape;
          return { output: decode(output, { height: height!, width: width! }) };
        },
        saturation: () => session.saturation(),
        close: () => session.close(),
      };
    },
  };
}

type DeviceDecode = (raw: Tensor, inputSize: InputSize) => Tensor;

function onlineDecode(numerics: DeviceNumerics): DeviceDecode {
  const arithmetic = arithmeticOf(numerics);
  return (raw, inputSize) => decodeConcatenated(raw, inputSize, arithmetic);
}

/** Grids are written out once for an input size, as for a compiled model. */
function offlineDecode(numerics: DeviceNumerics): DeviceDecode {
  const arithmetic = arithmeticOf(numerics);
  let grids: FixedGrids | undefined;
  return (raw, inputSize) => {
    const known = grids?.grid.inputSize;
    if (grids === undefined || known?.height !== inputSize.height || known.width !== inputSize.width) {
      grids = fixedGrids(inputSize);
    }
    const decoded = decodeFixedGrids(raw, grids, undefined, arithmetic);
    return readOfflineOutput(offlineOutput(decoded, numerics), raw.shape[0]!, grids.grid);
  };
}

/** A decoded output as an offline model leaves it in memory. */
export function offlineOutput(decoded: Tensor, { activations }: DeviceNumerics): OfflineOutput {
  const channelMajor = nacToChannelMajor(decoded);
  if (activations === 'float32') return channelMajor;
  return {
    dtype: 'float16',
    shape: channelMajor.shape,
    data: Uint16Array.from(channelMajor.data, vendorHalfFromFloat),
  };
}

/** Grid, exponential and products of the decode are operators of their own in both forms. */
function arithmeticOf({ activations, functions }: DeviceNumerics): DecodeArithmetic {
  return {
    round: activations === 'float16' ? roundToVendorHalf : Math.fround,
    exp: functions === 'table' ? tableExp : Math.exp,
  };
}

function describeEmulation(name: MluBackendName, { activations, functions }: DeviceNumerics): Emulation {
  const offline = name === 'mlu-offline';
  return {
    activations,
    roundedAfter: offline
      ? 'every fused group of convolution, batch norm and activation'
      : 'every operator (convolution, batch norm, sigmoid, product, sum)',
    functions: functions === 'exact' ? 'exact' : `${SIGMOID_TABLE_NAME}; ${EXP_TABLE_NAME}`,
    decode: offline ? 'fixed grids and strides' : 'two concatenations',
    outputLayout: offline ? 'batch, channels, 1, anchors' : 'batch, anchors, channels',
  };
}

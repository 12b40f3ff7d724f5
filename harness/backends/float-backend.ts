import { foldBatchNorm } from '../../reference/network/index.ts';
import type { Engine } from '../engines/engine.ts';
import type { Model } from '../model/load-model.ts';
import type { BackendFactory } from './backend.ts';
import { networkBackend } from './network-backend.ts';

/** `cpu-float`: the network in float32 on the CPU, batch norm folded as every inference engine does. */
export function floatBackend(model: Model, engine: Engine): BackendFactory {
  return networkBackend({
    name: 'cpu-float',
    graph: foldBatchNorm(model.graph),
    engine,
    precision: 'float32',
    outputProvenance: 'measured',
  });
}

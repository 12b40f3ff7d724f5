import type { Graph } from '../../reference/network/index.ts';
import type { Engine, QuantizedExecution } from '../engines/engine.ts';
import { BackendError } from '../errors.ts';
import type { Backend, BackendFactory, OpenOptions, Provenance } from './backend.ts';

export interface NetworkBackendOptions {
  readonly name: string;
  readonly graph: Graph;
  readonly engine: Engine;
  readonly precision: string;
  readonly outputProvenance: Provenance;
  /** For a graph with quantised convolutions. */
  readonly execution?: QuantizedExecution;
}

/** A backend that runs a graph on this CPU: plain float, or the device's quantised arithmetic emulated. */
export function networkBackend(options: NetworkBackendOptions): BackendFactory {
  return { name: options.name, open: (openOptions) => openSession(options, openOptions) };
}

async function openSession(
  options: NetworkBackendOptions,
  { coreNumber, purpose }: OpenOptions,
): Promise<Backend> {
  const { name, graph, engine, precision, outputProvenance, execution } = options;
  const session = await engine.open(graph, {
    threads: coreNumber,
    ...(execution ? { quantizedExecution: execution, countSaturation: purpose === 'accuracy' } : {}),
  });
  return {
    describe: () => ({
      name,
      precision,
      engine: session.engine,
      device: 'CPU',
      coreNumber: session.threads,
      decoded: false,
      outputProvenance,
      latencyProvenance: 'measured',
    }),
    async infer(batch) {
      const [output] = await session.run(batch);
      if (!output) throw new BackendError(`the backend ${name} returned no output`);
      return { output };
    },
    saturation: () => session.saturation(),
    close: () => session.close(),
  };
}

import type { Engine, EngineName } from './engine.ts';

export type {
  Engine,
  EngineName,
  LayerSaturation,
  QuantizedExecution,
  Session,
  SessionOptions,
} from './engine.ts';

/** Loads the library of an engine, only when it is asked for: each takes a good part of a second. */
export async function openEngine(name: EngineName): Promise<Engine> {
  switch (name) {
    case 'onnxruntime':
      return (await import('./onnxruntime/onnxruntime-engine.ts')).onnxruntimeEngine;
    case 'tfjs':
      return (await import('./tfjs/tfjs-engine.ts')).tfjsEngine;
  }
}

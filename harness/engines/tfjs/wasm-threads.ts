import { createRequire } from 'node:module';
import os from 'node:os';
import { Worker } from 'node:worker_threads';

const PACKAGE = '@tensorflow/tfjs-backend-wasm';

/**
 * Most threads of the threaded build. It starts eight workers before anything runs, a number fixed when it was compiled; one
 * that asked for more would wait for a worker that cannot start while it waits.
 */
export const MAX_WASM_THREADS = 8;

/**
 * Runs `start`, which loads the threaded build of the WASM backend, with what that build lacks in Node.
 *
 * The build starts its workers from `blob:` addresses, which Node's workers cannot load (tensorflow/tfjs#3830). Here each
 * worker gets the same two scripts of the package as text instead. The build also puts Node's `Worker` class into
 * the global scope first, so ours is held there by a property that ignores the assignment, for as long as `start` runs.
 *
 * It takes at most half of the machine's cores, since two often share one unit; a core number asked for by the user is
 * meant as it is, so the build is told of twice as many.
 * @param threads from 2 to `MAX_WASM_THREADS`.
 */
export async function withNodeWorkers<T>(threads: number, start: () => Promise<T>): Promise<T> {
  const source = workerSource();
  class WasmWorker extends Worker {
    constructor() {
      super(source, { eval: true });
      super.unref();
    }

    /** A waiting worker must not keep the program from ending, and the build would have it do so. */
    override ref(): void {}
  }
  const restoreWorker = replaceProperty(globalThis, 'Worker', { get: () => WasmWorker, set: () => {} });
  const cores = os.cpus();
  const restoreCores = replaceProperty(os, 'cpus', {
    value: () => Array.from({ length: 2 * threads }, (_, i) => cores[i % cores.length]),
  });
  try {
    return await start();
  } finally {
    restoreWorker();
    restoreCores();
  }
}

function replaceProperty(target: object, name: string, property: PropertyDescriptor): () => void {
  const previous = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { configurable: true, ...property });
  return () => {
    if (previous) Object.defineProperty(target, name, previous);
    else Reflect.deleteProperty(target, name);
  };
}

function workerSource(): string {
  const require = createRequire(import.meta.url);
  const { wasmWorkerContents } = require(`${PACKAGE}/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js`) as {
    wasmWorkerContents: string;
  };
  const moduleFile = require.resolve(`${PACKAGE}/wasm-out/tfjs-backend-wasm-threaded-simd.js`);
  // The package keeps the script as text in which the line breaks inside strings were already resolved.
  const worker = wasmWorkerContents.replaceAll('\n', '\\n');
  // The worker asks for its module by an address that only browsers can read: answer with the file.
  return `${worker}
    {
      const readModule = self.importScripts;
      self.importScripts = () => readModule(${JSON.stringify(moduleFile)});
    }`;
}

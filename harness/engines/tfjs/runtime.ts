import { startNativeBackend } from './native-backend.ts';
import { startWasmBackend } from './wasm-backend.ts';

/** What TensorFlow.js runs on at the moment. */
export interface Runtime {
  /** Version and backend, for the record. */
  readonly engine: string;
  /** Threads that it really uses. */
  readonly threads: number;
}

let native: Runtime | undefined | 'untried' = 'untried';
let wasm: { runtime: Runtime; requested: number } | undefined;
let lastJob: Promise<unknown> = Promise.resolve();
const tensorOwners = new Set<() => void>();

/**
 * Runs a job while TensorFlow.js stands on a backend with this many threads. The library has one backend for the whole
 * program, so jobs run one after the other, and a change of thread count starts the backend anew: whoever keeps tensors
 * between jobs is told to drop them by the function given to `ownTensors`.
 */
export function onRuntime<T>(threads: number, job: (runtime: Runtime) => Promise<T>): Promise<T> {
  const result = lastJob.then(async () => job(await activate(threads)));
  lastJob = result.catch(() => {});
  return result;
}

/** Registers an owner of tensors; the function returned takes it off again. */
export function ownTensors(drop: () => void): () => void {
  tensorOwners.add(drop);
  return () => tensorOwners.delete(drop);
}

async function activate(threads: number): Promise<Runtime> {
  if (native === 'untried') native = await startNativeBackend(threads);
  if (native) return native;
  if (wasm?.requested !== threads) {
    for (const drop of tensorOwners) drop();
    wasm = undefined;
    wasm = { runtime: await startWasmBackend(threads), requested: threads };
  }
  return wasm.runtime;
}

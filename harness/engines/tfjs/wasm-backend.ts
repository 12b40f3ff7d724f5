import * as wasm from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../../errors.ts';
import { causeOf } from '../cause-of.ts';
import type { Runtime } from './runtime.ts';
import { MAX_WASM_THREADS, withNodeWorkers } from './wasm-threads.ts';

const NAME = 'wasm';

/** Starts the WASM backend of TensorFlow.js anew with the given number of threads, or as many as it can; all tensors are gone then. */
export async function startWasmBackend(requested: number): Promise<Runtime> {
  const threads = Math.min(requested, MAX_WASM_THREADS);
  const factory = tf.findBackendFactory(NAME);
  tf.removeBackend(NAME);
  tf.registerBackend(NAME, factory);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  wasm.setThreadsCount(threads);
  const start = () => withoutNewProcessListeners(() => tf.setBackend(NAME));
  try {
    const started = threads > 1 ? await withNodeWorkers(threads, start) : await start();
    if (!started) throw new Error('it did not initialise');
  } catch (cause) {
    throw new BackendError(`cannot start the WASM backend of TensorFlow.js: ${causeOf(cause)}`, { cause });
  }
  const actual = wasm.getThreadsCount();
  const simd = tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? ', simd' : '';
  const counted = actual > 1 ? `, ${actual} threads` : '';
  return { engine: `tfjs ${wasm.version_wasm} (wasm${simd}${counted})`, threads: actual };
}

/** The build adds listeners that turn every unhandled rejection of the whole program into a crash: they go. */
async function withoutNewProcessListeners<T>(start: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'exit')));
  try {
    return await start();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'exit')) {
        if (!before[i].has(listener)) process.removeListener(event, listener);
      }
    });
  }
}

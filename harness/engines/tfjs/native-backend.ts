import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from './runtime.ts';

const PACKAGE = '@tensorflow/tfjs-node';

/**
 * Loads the native backend of TensorFlow.js where its optional package is installed and gives right results;
 * undefined otherwise. Its library reads the number of threads once, when it is loaded.
 */
export async function startNativeBackend(threads: number): Promise<Runtime | undefined> {
  const require = createRequire(import.meta.url);
  try {
    require.resolve(PACKAGE);
  } catch {
    return undefined;
  }
  // Version 4.22 calls this function in its first operation; Node 23 took it away (tensorflow/tfjs#8609).
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  // Its C++ side reports the instruction sets of the machine on stderr unless told to be quiet.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    const native = require(PACKAGE) as { version: Record<string, string> };
    if (!(await tf.setBackend('tensorflow')) || !probe()) return undefined;
    const version = native.version['tfjs-node'] ?? native.version['tfjs-core'];
    return { engine: `tfjs ${version} (native)`, threads: Number(process.env.TF_NUM_INTRAOP_THREADS) };
  } catch {
    return undefined;
  }
}

/** A real convolution with a known answer: the library may load and still fail in its first operation. */
function probe(): boolean {
  return tf.tidy(() => {
    const pixels = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const kernel = tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]);
    return tf.conv2d(pixels, kernel, 1, 'valid').dataSync()[0] === 4321;
  });
}

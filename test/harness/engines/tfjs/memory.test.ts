import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openEngine } from '../../../../harness/engines/index.ts';
import { tapLayers } from '../../../../reference/network/index.ts';
import { largestDifference } from '../../../support/largest-difference.ts';
import { randomGraph, randomPixels } from '../../../support/random-graph.ts';

test('1,000 runs, some of them failing, leave no tensor behind, and closing frees the weights', async () => {
  const engine = await openEngine('tfjs');
  const plain = randomGraph(3);
  const graph = tapLayers(plain, [plain.nodes[4]!.output]);
  const session = await engine.open(graph, { threads: 1 });
  const empty = tf.memory().numTensors;
  const input = randomPixels([1, 3, 32, 32], 1);
  await session.run(input);
  const before = tf.memory();
  for (let i = 0; i < 1000; i++) {
    if (i % 100 === 0) await expect(session.run({ ...input, shape: [1, 3, 32, 31] })).rejects.toThrow();
    await session.run(input);
  }
  const after = tf.memory();
  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numBytes).toBe(before.numBytes);
  await session.close();
  expect(tf.memory().numTensors).toBe(empty);
});

test('sessions of several thread counts take turns, give the same numbers, and own up to fewer threads than asked for', async () => {
  const engine = await openEngine('tfjs');
  const graph = randomGraph(4);
  const input = randomPixels([1, 3, 64, 64], 2);
  const sessions = await Promise.all([1, 2, 12].map((threads) => engine.open(graph, { threads })));
  const outputs: Float32Array[] = [];
  for (const session of [...sessions, ...sessions]) outputs.push((await session.run(input))[0]!.data.slice());
  for (const output of outputs) expect(largestDifference(output, outputs[0]!)).toBe(0);
  expect(sessions.map((session) => session.threads)).toEqual([1, 2, 8]);
  await Promise.all(sessions.map((session) => session.close()));
});

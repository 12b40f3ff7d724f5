import { expect, test } from 'vitest';
import { cutRuns } from '../support/agent-cuts.ts';
import { suiteFolder } from '../support/suite-folder.ts';

const dir = suiteFolder();

test('200 runs whose connection is cut or garbled at random end or go on, keep their images, and leave no child', async () => {
  const outcomes = await cutRuns(dir, 200, 1);
  const ended = outcomes.filter(({ exitCode }) => exitCode === 5);
  expect(ended.length).toBeGreaterThan(20);
  expect(outcomes.length - ended.length).toBeGreaterThan(20);
  // Ended at every place: before the first image, and after each.
  expect(new Set(ended.map(({ images }) => images)).size).toBeGreaterThanOrEqual(4);
});

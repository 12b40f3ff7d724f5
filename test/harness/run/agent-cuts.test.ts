import { expect, test } from 'vitest';
import { cutRuns } from '../../support/agent-cuts.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const dir = suiteFolder();

test('8 runs whose connection is cut or garbled at random end or go on, keep their images, and leave no child', async () => {
  const outcomes = await cutRuns(dir, 8, 3);
  // Both ways to end are among them.
  expect(new Set(outcomes.map(({ exitCode }) => exitCode))).toEqual(new Set([0, 5]));
});

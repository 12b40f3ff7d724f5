import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../datasets/sha256.ts';
import { AgentFailure } from '../../../harness/device/agent-failure.ts';
import type { SessionSpec } from '../../../harness/device/index.ts';
import { BadDataError, UsageError } from '../../../harness/errors.ts';
import { type CompiledModelsOptions, compiledModels } from '../../../harness/offline/compiled-models.ts';
import { madeUpTwins } from '../../support/made-up-offline-model.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { fakeSession } from '../device/fake-session.ts';

const dir = suiteFolder();
const at = (name: string): string => join(dir, name);
const SIZE = { height: 64, width: 96 };

function model(name: string, twins?: { cores: number; batch?: number; width?: number }): string {
  writeFileSync(at(name), `\x7fMEF ${name}`);
  if (twins) {
    const { cores, batch = 1, width = 96 } = twins;
    const input = { shape: [batch, 64, width, 3], position: 0, scale: 1 };
    const output = { shape: [batch, 85, 1, 126] };
    writeFileSync(at(`${name}_twins`), madeUpTwins({ layers: [], input, output, cores }));
  }
  return at(name);
}

/** A card that opens a model at its own batch alone, and knows its core number. */
function on(card: { coreNumber: number; batch: number }, batches: readonly number[] | null = [1]) {
  const opened: number[] = [];
  let open = 0;
  const options: CompiledModelsOptions = {
    agent: { command: 'none', signal: new AbortController().signal },
    ...{ size: SIZE, classes: 80, coreVersion: 'MLU270' },
    use: { cores: null, batches, scored: false },
    openSession: async (_, spec: SessionSpec) => {
      opened.push(spec.batch);
      if (spec.batch !== card.batch)
        throw new AgentFailure('bad-request', `exported for batch ${card.batch}`);
      open++;
      return fakeSession({ description: { coreNumber: card.coreNumber }, onClose: () => open-- });
    },
  };
  return { options, opened, left: () => open };
}
const NO_CARD = on({ coreNumber: 0, batch: 0 });

test('twins tell core number and batch without a card, and the hash is of the model', async () => {
  const paths = [model('four', { cores: 4 }), model('wide', { cores: 16, batch: 8 })];
  const { options, opened } = on({ coreNumber: 1, batch: 1 }, null);
  expect(await compiledModels(paths, options)).toEqual([
    { path: paths[0], sha256: sha256('\x7fMEF four'), coreNumber: 4, batch: 1 },
    { path: paths[1], sha256: sha256('\x7fMEF wide'), coreNumber: 16, batch: 8 },
  ]);
  expect(opened).toEqual([]);
});

test('without twins the card tells both', async () => {
  const { options, opened, left } = on({ coreNumber: 8, batch: 4 }, [4]);
  expect(await compiledModels([model('bare')], options)).toMatchObject([{ coreNumber: 8, batch: 4 }]);
  expect(await compiledModels([`8=${at('bare')}`], options)).toMatchObject([{ coreNumber: 8, batch: 4 }]);
  expect(opened).toEqual([1, 4, 1, 4]);
  expect(left()).toBe(0);
});

test('what the card refuses at every batch is its own word', async () => {
  const { options } = on({ coreNumber: 8, batch: 16 }, [2, 4]);
  await expect(compiledModels([model('bare')], options)).rejects.toThrow('exported for batch 16');
});

test('a failure of the card is not tried again with another batch', async () => {
  const { options, opened } = on({ coreNumber: 8, batch: 4 }, [4]);
  const openSession: typeof options.openSession = async (agent, spec) => {
    await options.openSession!(agent, spec).catch(() => undefined);
    throw new AgentFailure('device', 'the card is hot');
  };
  await expect(compiledModels([model('bare')], { ...options, openSession })).rejects.toThrow('is hot');
  expect(opened).toEqual([1]);
});

test.each<[string, () => string[], CompiledModelsOptions, typeof UsageError | typeof BadDataError, string]>([
  ['a missing file', () => [at('gone')], NO_CARD.options, BadDataError, 'there is no such file'],
  [
    'twins of another input size',
    () => [model('square', { cores: 4, width: 64 })],
    NO_CARD.options,
    BadDataError,
    'its input is 1 64 64 3, and images are N 64 96 3',
  ],
  [
    'another core number than the twins',
    () => [`8=${model('four', { cores: 4 })}`],
    NO_CARD.options,
    UsageError,
    'says core number 4; leave out 8=',
  ],
  [
    'another core number than the card',
    () => [`4=${model('bare')}`],
    on({ coreNumber: 8, batch: 1 }).options,
    UsageError,
    'the card says core number 8; leave out 4=',
  ],
  [
    'two of one core number',
    () => [model('a', { cores: 4 }), model('b', { cores: 4 })],
    NO_CARD.options,
    UsageError,
    'are both of core number 4 and batch 1',
  ],
])('%s is refused', async (_, values, options, kind, sentence) => {
  const error = await compiledModels(values(), options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toContain(sentence);
});

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { GOLDEN_CHECKPOINTS, goldenCheckpoint } from '../../support/golden-checkpoints.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** What the agent reads out of a checkpoint (bool by the name that it has in the harness), and, with `copy`, writes again. */
async function readByAgent(path: string, copy = ''): Promise<Entry[]> {
  const { exitCode, stdout, stderr } = await runAgentCode(
    `
import hashlib, json
from mlu_agent.checkpoints import load_state_dict, save_legacy
state_dict = load_state_dict(sys.argv[1])
if sys.argv[2]:
    save_legacy(state_dict, sys.argv[2])
print(json.dumps([
    {"name": name, "dtype": str(t.dtype).replace("torch.", "").replace("bool", "uint8"), "shape": list(t.shape), "sha256": hashlib.sha256(t.numpy().tobytes()).hexdigest()}
    for name, t in state_dict.items()
]))`,
    [path, copy],
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

async function readByHarness(path: string): Promise<Entry[]> {
  const { tensors } = await loadWeights(path);
  return [...tensors].map(([name, { dtype, shape, data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { name, dtype, shape: [...shape], sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

async function expectBothWays(path: string, copy: string): Promise<void> {
  const expected = await readByHarness(path);
  expect(expected.length).toBeGreaterThan(0);
  expect(await readByAgent(path, copy)).toEqual(expected);
  expect((await loadWeights(copy)).format).toBe('legacy-checkpoint');
  expect(await readByHarness(copy)).toEqual(expected);
}

describe.skipIf(!python)('checkpoints between the harness and the agent, to the bit', () => {
  const folder = suiteFolder();

  test.each(GOLDEN_CHECKPOINTS)(
    '%s: read alike, and the agent’s legacy copy read by the harness',
    async (name) => {
      await expectBothWays(goldenCheckpoint(name), join(folder, `${name}.copy.pt`));
    },
  );

  test('the sample’s weights: `convert` writes, the agent reads; the agent writes, the harness reads', async () => {
    const written = join(folder, 'sample.pt');
    expect((await captureCli('convert', sampleWeightsPath(), written)).exitCode).toBe(0);
    await expectBothWays(written, join(folder, 'sample.copy.pt'));
    expect(await readByAgent(written)).toEqual(await readByHarness(sampleWeightsPath()));
  });

  test.skipIf(!hasShared)('YOLOX-nano by `convert`, and a quantised one, both ways', async () => {
    const written = join(folder, 'nano.pt');
    expect(
      (await captureCli('convert', sharedPath('data', 'yolox_nano', 'yolox_nano.pth'), written)).exitCode,
    ).toBe(0);
    await expectBothWays(written, join(folder, 'nano.copy.pt'));
    await expectBothWays(
      sharedPath('golden', 'quantize', 'yolox_nano_int16.pt'),
      join(folder, 'int16.copy.pt'),
    );
  });

  test('torch.load of the agent’s file gives what the agent was given, and its `_metadata`', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import torch
from mlu_agent.checkpoints import load_state_dict, save_legacy
module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 1), torch.nn.BatchNorm2d(4))
for zipped in (False, True):
    torch.save(module.state_dict(), sys.argv[1], _use_new_zipfile_serialization=zipped)
    save_legacy(load_state_dict(sys.argv[1]), sys.argv[2])
    assert open(sys.argv[2], "rb").read(2) == b"\\x80\\x02"
    again = torch.load(sys.argv[2])
    assert again._metadata == module.state_dict()._metadata and again._metadata["1"]["version"] == 2
    assert all(torch.equal(value, again[name]) for name, value in module.state_dict().items())
print(len(again))`,
      [join(folder, 'module.pth'), join(folder, 'module.copy.pt')],
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '7\n', stderr: '' });
  });
});

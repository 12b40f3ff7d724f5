import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { GOLDEN_CHECKPOINTS, goldenCheckpoint } from '../../support/golden-checkpoints.ts';
import { python } from '../../support/python.ts';
import { runAgent, runAgentCode } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { MUTATIONS } from '../weights/mutations.ts';

describe.skipIf(!python)('files that are no checkpoint', () => {
  const folder = suiteFolder();

  test.each(['zip', 'legacy'] as const)(
    '%s: 600 damaged in 6 to 9 ways end in weights or in one sentence',
    async (format) => {
      const place = join(folder, format);
      await mkdir(place);
      const random = createRandom(2_600);
      const sources = GOLDEN_CHECKPOINTS.filter((name) =>
        name.endsWith(format === 'zip' ? '.pth' : '.pt'),
      ).map((name) => readFileSync(goldenCheckpoint(name)));
      for (let trial = 0; trial < 600; trial++) {
        const mutate = MUTATIONS[format][trial % MUTATIONS[format].length]!;
        await writeFile(
          join(place, `${trial}`),
          await mutate(sources[random.integer(sources.length)]!, random),
        );
      }
      const { exitCode, stdout, stderr } = await runAgentCode(
        `
import json, os, resource, time
from mlu_agent.checkpoints import load_state_dict
from mlu_agent.errors import BadFile
messages, slowest = [], 0
for name in sorted(os.listdir(sys.argv[1])):
    begun = time.time()
    try:
        load_state_dict(os.path.join(sys.argv[1], name))
    except BadFile as error:
        messages.append(str(error))
    slowest = max(slowest, time.time() - begun)
print(json.dumps({"messages": messages, "slowest": slowest, "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))`,
        [place],
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const { messages, slowest, mebibytes } = JSON.parse(stdout);
      expect(messages.length).toBeGreaterThan(150);
      expect(messages.filter((text: string) => !/^cannot read \S+: [^\n]{10,300}$/.test(text))).toEqual([]);
      expect(slowest).toBeLessThan(10);
      // PyTorch itself takes some 200.
      expect(mebibytes).toBeLessThan(1000);
    },
  );

  test('a cut checkpoint and one that is not there, given to the command, are refused with 3', async () => {
    const input = join(folder, 'input.npy');
    await writeFile(input, NPY);
    const whole = readFileSync(sampleWeightsPath());
    await writeFile(join(folder, 'cut'), whole.subarray(0, whole.length - 1000));
    for (const name of ['cut', 'absent']) {
      const args = [
        '--weights',
        join(folder, name),
        '--size',
        '32',
        '--images',
        input,
        '--out',
        join(folder, 'out'),
      ];
      const { exitCode, stdout, stderr } = await runAgent(['float', ...args]);
      expect(stderr).toMatch(/^agent: cannot read [^\n]+\n$/);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    }
  });

  test('files of other kinds, and every hundredth beginning of a checkpoint of either format', async () => {
    const whole = readFileSync(sampleWeightsPath());
    const legacy = join(folder, 'sample.pt');
    await captureCli('convert', sampleWeightsPath(), legacy);
    const place = join(folder, 'beginnings');
    await mkdir(place);
    const kinds = [
      Buffer.alloc(0),
      Buffer.from('a text\n'),
      Buffer.from('\x08\x07\x12\x07pytorch', 'latin1'),
    ];
    const beginnings = [whole, readFileSync(legacy)].flatMap((bytes) =>
      Array.from({ length: 100 }, (_, i) => bytes.subarray(0, (bytes.length * i) / 100)),
    );
    await Promise.all([...kinds, ...beginnings].map((bytes, i) => writeFile(join(place, `${i}`), bytes)));
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import os
from mlu_agent.checkpoints import load_state_dict
from mlu_agent.errors import BadFile
refused = 0
for path in [sys.argv[1]] + [os.path.join(sys.argv[1], name) for name in os.listdir(sys.argv[1])]:
    try:
        load_state_dict(path)
        print(path)
    except BadFile:
        refused += 1
print(refused)`,
      [place],
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '204\n', stderr: '' });
  });

  test('what a pickle names is neither imported nor called', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import os
import torch
from mlu_agent.checkpoints import load_state_dict
from mlu_agent.errors import BadFile

class Evil(object):
    def __reduce__(self):
        return os.system, ("touch " + sys.argv[2],)

for zipped in (False, True):
    torch.save({"model": {"a": torch.ones(2)}, "trainer": Evil()}, sys.argv[1], _use_new_zipfile_serialization=zipped)
    assert list(load_state_dict(sys.argv[1])) == ["a"]
    torch.save(Evil(), sys.argv[1], _use_new_zipfile_serialization=zipped)
    try:
        load_state_dict(sys.argv[1])
    except BadFile as error:
        print(str(error).replace(sys.argv[1], "FILE"))
assert not os.path.exists(sys.argv[2])
torch.load(sys.argv[1])
assert os.path.exists(sys.argv[2])`,
      [join(folder, 'evil.pth'), join(folder, 'evidence')],
    );
    const sentence =
      'cannot read FILE: it holds no state_dict: save the weights alone, torch.save({"model": model.state_dict()}, path)\n';
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: sentence + sentence, stderr: '' });
  });

  test('weights of another network are refused by the first entry that is wrong', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import json
import torch
from mlu_agent.checkpoints import load_state_dict, save_legacy
from mlu_agent.errors import BadFile
from mlu_agent.load_network import load_network

def refusal(change):
    state_dict = load_state_dict(sys.argv[1])
    change(state_dict)
    save_legacy(state_dict, sys.argv[2])
    try:
        load_network(sys.argv[2], [64, 64], "none")
    except BadFile as error:
        return str(error).replace(sys.argv[2], "FILE")

stem = "backbone.backbone.stem.conv.conv"
print(json.dumps([
    refusal(lambda s: [s.pop(name) for name in list(s) if name.startswith("backbone")]),
    refusal(lambda s: s.pop("head.obj_preds.2.bias")),
    refusal(lambda s: s.update({"head.extra": torch.ones(1)})),
    refusal(lambda s: s.update({"head.reg_preds.0.bias": torch.ones(5)})),
    refusal(lambda s: s.update({"head.reg_preds.0.bias": torch.ones(4).double()})),
    refusal(lambda s: s.update({stem + ".weight": torch.ones(1, 1).expand(4096, 12).reshape(4096, 12, 1, 1)})),
    refusal(lambda s: s.update({stem + ".bias": torch.ones(8)})),
    refusal(lambda s: s.update({"backbone.C3_p4.m.1.conv1.conv.weight": torch.ones(1)})),
    refusal(lambda s: [s.pop(name) for name in list(s) if name.endswith("num_batches_tracked")]),
    refusal(lambda s: s.update({stem + ".scale": torch.ones(2), stem + ".quantized_mode": torch.ones(1).int()})),
]))`,
      [sampleWeightsPath(), join(folder, 'other.pt')],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const none = 'cannot use FILE: the weights are not those of an official YOLOX: ';
    const misfit = 'cannot use FILE: the weights do not fit together as a YOLOX: ';
    expect(JSON.parse(stdout)).toEqual([
      expect.stringMatching(
        `^${none}"backbone.backbone.stem.conv.conv.weight" is missing \\(\\d+ others, the first "head`,
      ),
      `${none}"head.obj_preds.2.bias" is missing`,
      `${none}"head.extra" has no place in it`,
      `${misfit}"head.reg_preds.0.bias" has shape [5], and the other layers demand [4]`,
      'cannot use FILE: the network computes in float32, and "head.reg_preds.0.bias" is torch.float64: convert it first',
      `${misfit}the stem is [4096, 12, 1, 1] and dark5.1.conv2 [128, 256, 1, 1]`,
      expect.stringContaining('batch norm is folded into the convolutions (fuse_model)'),
      `${misfit}the backbone has 1 bottlenecks, the neck 2`,
      null,
      null,
    ]);
  });
});

/** A black input of 32 × 32, uint8. */
const NPY = Buffer.concat([
  Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
  Buffer.from(`${"{'descr': '|u1', 'fortran_order': False, 'shape': (3, 32, 32), }".padEnd(117)}\n`),
  Buffer.alloc(3 * 32 * 32),
]);

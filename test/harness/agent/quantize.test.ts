import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sampleWeightsPath } from '../../../datasets/index.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { describeVariant } from '../../../reference/network/index.ts';
import { readQuantizedCheckpoint } from '../../../reference/quantize/index.ts';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { python } from '../../support/python.ts';
import { runAgent, runAgentCode, WITH_STAND_IN } from '../../support/run-agent.ts';
import { suiteFolder } from '../../support/suite-folder.ts';
import { writeInput } from '../../support/write-input.ts';

const STEM = 'backbone.backbone.stem.conv.conv';

describe.skipIf(!python)('quantize, by the stand-in of torch_mlu', () => {
  const folder = suiteFolder();
  const images = join(folder, 'images');
  const fixed = ['--weights', sampleWeightsPath(), '--size', '64', '--images', images];

  beforeAll(async () => {
    await mkdir(images);
    // The brightest pixel is in the last image: a quantiser that stops before it gives another scale.
    for (const [index, brightest] of [100, 180, 240].entries()) {
      const random = createRandom(index);
      const pixels = Float32Array.from({ length: 3 * 64 * 64 }, () => random.integer(brightest + 1));
      pixels[0] = brightest;
      await writeInput(join(images, `${index}.npy`), float32Tensor(pixels, [1, 3, 64, 64], 'NCHW'));
    }
  });

  async function quantized(name: string, ...options: string[]) {
    const out = join(folder, name);
    const { exitCode, stdout, stderr } = await runAgent(
      ['quantize', ...fixed, '--out', out, '--json', '--quiet', ...options],
      WITH_STAND_IN,
    );
    expect(stderr).toContain('warning: torch_mlu is mlu-parity');
    expect(exitCode).toBe(0);
    const done = JSON.parse(stdout);
    expect(done.standIn).toMatch(/stand-in/);
    const { tensors, format } = await loadWeights(out);
    expect(format).toBe('legacy-checkpoint');
    const { convolutions, findings } = readQuantizedCheckpoint(tensors);
    expect(findings).toEqual([]);
    expect(convolutions.size).toBe(83);
    expect(describeVariant(tensors).classes).toBe(12);
    return { out, done, convolutions, stem: convolutions.get(STEM)! };
  }

  test.each([
    ['int16', 16, 32767],
    ['int8', 8, 127],
  ] as const)('--dtype %s is honoured, and every image counts', async (dtype, bits, most) => {
    const { out, done, convolutions, stem } = await quantized(`${dtype}.pt`, '--dtype', dtype);
    expect(done).toMatchObject({ dtype, images: 3, iteration: 3, convolutions: 83, warnings: [] });
    expect([...convolutions.values()].every((layer) => layer.bits === bits)).toBe(true);
    expect(stem.inputQuantScale).toBe(Math.fround(most / 240));
    expect(stem.weightQuantScale).toHaveLength(1);
    expect((await captureCli('lint', out)).exitCode).toBe(0);
  });

  test('--per-channel gives each output channel a scale; --data-scale leaves room above the images', async () => {
    const { done, stem } = await quantized('channel.pt', '--per-channel', '--data-scale', '1.25');
    expect(done).toMatchObject({ perChannel: true, dataScale: 1.25, warnings: [] });
    expect(stem.weightQuantScale).toHaveLength(8);
    expect(stem.inputQuantScale).toBe(Math.fround(32767 / 300));
  });

  test('--iteration takes the first images alone, and says so', async () => {
    const two = await quantized('two.pt', '--iteration', '2');
    expect(two.stem.inputQuantScale).toBe(Math.fround(32767 / 180));
    expect(two.done.warnings).toEqual(['ranges are those of the first 2 of 3 images']);
    const one = await quantized('one.pt', '--iteration', '1');
    expect(one.stem.inputQuantScale).toBe(Math.fround(32767 / 100));
    expect(one.done.warnings[0]).toMatch(/^ranges are those of one image: /);
  });

  test('a quantised checkpoint runs in float as the weights that it was made of', async () => {
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import numpy as np
from mlu_agent.sessions import open_session
pixels = np.load(sys.argv[3])
outputs = [open_session("float", checkpoint=path, size=[64, 64]).infer(pixels)[0] for path in sys.argv[1:3]]
print(bool((outputs[0] == outputs[1]).all()))`,
      [sampleWeightsPath(), join(folder, 'int8.pt'), join(images, '0.npy')],
    );
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'True\n', stderr: '' });
  });

  test.each([
    ['--firstconv behind Focus', ['--firstconv'], 2, 'has 12 input channels behind its Focus'],
    [
      'more images than there are',
      ['--iteration', '4'],
      2,
      'the iteration must be 1 to 3, the number of images, not 4',
    ],
    ['a data scale of 0', ['--data-scale', '0'], 2, 'the data scale must be above 0, not 0.0'],
    ['int4', ['--dtype', 'int4'], 2, "invalid choice: 'int4'"],
  ])('%s is refused before anything is quantised', async (_, options, code, sentence) => {
    const args = ['quantize', ...fixed, '--out', join(folder, 'refused.pt'), ...options];
    const { exitCode, stdout, stderr } = await runAgent(args, WITH_STAND_IN);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('Traceback');
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  });

  test('without torch_mlu it ends with 5 and what to do', async () => {
    const args = ['quantize', ...fixed, '--out', join(folder, 'refused.pt')];
    const { exitCode, stderr } = await runAgent(args, { PYTHONPATH: '' });
    expect(stderr).toMatch(
      /^agent: torch_mlu.* cannot be imported .*: run the agent in the vendor's container/,
    );
    expect(exitCode).toBe(5);
  });

  test('a checkpoint that is there is written over with --force alone', async () => {
    const out = join(folder, 'two.pt');
    const before = readFileSync(out);
    const args = ['quantize', ...fixed, '--out', out];
    const { exitCode, stderr } = await runAgent(args, { PYTHONPATH: '' });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`${out} exists already: add --force`)]);
    expect(readFileSync(out)).toEqual(before);
    await quantized('two.pt', '--force');
    expect(readFileSync(out)).not.toEqual(before);
  });

  test('a refusal leaves no file behind', () => {
    expect(readdirSync(folder).filter((name) => /refused|part|unchecked/.test(name))).toEqual([]);
  });
});

describe.skipIf(!python)('a quantiser that does something else than it was asked', () => {
  const folder = suiteFolder();

  test('is found out by the layer, and nothing is saved', async () => {
    const input = join(folder, 'input.npy');
    await writeInput(input, float32Tensor(new Float32Array(3 * 64 * 64).fill(99), [1, 3, 64, 64], 'NCHW'));
    const out = join(folder, 'out.pt');
    // Each change stands for a release whose quantiser has it.
    const { exitCode, stdout, stderr } = await runAgentCode(
      `
import json
import torch
from torch_mlu.core import mlu_quantize
from mlu_agent.errors import AgentError
from mlu_agent.images import find_inputs, load_inputs
from mlu_agent.quantize import quantize

real = mlu_quantize.quantize_dynamic_mlu
layer = "head.reg_preds.1"

def with_entries(change):
    def quantiser(network, **options):
        quantised = real(network, **options)
        made = quantised.state_dict
        def state_dict():
            entries = made()
            change(entries)
            return entries
        quantised.state_dict = state_dict
        return quantised
    return quantiser

def fails(network, **options):
    raise AssertionError("in_channels")

def no_forward(network, **options):
    quantised = real(network, **options)
    for module in quantised.modules():
        if hasattr(module, "observer"):
            module.observer.forward = lambda inputs: None
    return quantised

def first_image_alone(network, qconfig_spec=None, **options):
    return real(network, qconfig_spec=dict(qconfig_spec, iteration=1), **options)

def run(quantiser, **options):
    mlu_quantize.quantize_dynamic_mlu = quantiser
    inputs = [(name, pixels * k) for k in (1, 2) for name, pixels in load_inputs(find_inputs([sys.argv[2]]), [64, 64])]
    try:
        return quantize(sys.argv[1], sys.argv[3], "int16", inputs, 2, [64, 64], **options)["warnings"]
    except AgentError as error:
        return [error.kind, str(error)]

double = lambda name: (lambda s: s.update({name: s[name] * 2}))
changes = [
    lambda s: s.pop(layer + ".scale"),
    lambda s: s.update({layer + ".quantized_mode": torch.tensor([1])}),
    lambda s: s.update({layer + ".quantized_mode": torch.tensor([7])}),
    lambda s: s.update({layer + ".scale": torch.tensor([1.0, 2.0])}),
    lambda s: s.update({layer + ".scale": torch.tensor([float("nan"), 2.0])}),
    lambda s: s[layer + ".scale"].mul_(torch.tensor([1.0, 2.0])),
    double(layer + ".weight"),
    lambda s: s.pop("head.stems.0.bn.running_mean"),
]
results = [run(with_entries(change)) for change in changes]
results += [
    run(lambda network, qconfig_spec=None, **options: real(network, gen_quant=True)),
    run(lambda network, **options: network),
    run(no_forward),
    run(fails),
    run(lambda network, qconfig_spec=None, **options: real(network, qconfig_spec=dict(qconfig_spec, per_channel=True), **options)),
]
import os
saved = os.path.exists(sys.argv[3])
results += [
    run(with_entries(lambda s: s.update({layer + ".new_entry": torch.ones(1)}))),
    run(first_image_alone),
    run(real),
]
# What is said of the stand-in's own prints is not of interest here.
print(json.dumps({"results": results, "saved": saved}))`,
      [sampleWeightsPath(), input, out],
      WITH_STAND_IN,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { results, saved } = JSON.parse(stdout.trim().split('\n').at(-1)!);
    expect(saved).toBe(false);
    const refused = (what: string) => [
      'device',
      expect.stringMatching(`^the quantiser did not do what was asked, and nothing was saved: ${what}`),
    ];
    expect(results).toEqual([
      refused('head.reg_preds.1 has no scale'),
      refused('head.reg_preds.1 is int8 and not int16'),
      refused('head.reg_preds.1 has quantized_mode \\[7\\]'),
      refused('head.reg_preds.1 was never calibrated'),
      refused('head.reg_preds.1 has the input scale nan'),
      refused('head.reg_preds.1 has the weight scale '),
      refused('head.reg_preds.1.weight is not what it was before'),
      refused('head.stems.0.bn.running_mean is missing'),
      // The public quantiser without a qconfig: firstconv is its default, and the Focus stem is refused.
      ['device', expect.stringMatching(/^the quantiser failed \(AssertionError: firstconv/)],
      refused(`${STEM} has no scale and no quantized_mode`),
      refused(`${STEM} was never calibrated`),
      ['device', 'the quantiser failed (AssertionError: in_channels)'],
      refused(`${STEM} has weight scales for each channel and not for the whole tensor`),
      ['head.reg_preds.1.new_entry is an entry that is not known'],
      [
        expect.stringMatching(
          /^\d+ of 83 input scales are not those of the images' absmax, the first backbone/,
        ),
      ],
      [],
    ]);
    expect(existsSync(out)).toBe(true);
    expect(existsSync(`${out}.unchecked`)).toBe(false);
  });
});

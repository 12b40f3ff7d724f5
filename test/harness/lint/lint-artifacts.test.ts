import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LintReport } from '../../../harness/lint/lint-report.ts';
import { loadWeights, writeLegacyCheckpoint } from '../../../harness/weights/index.ts';
import type { AnyTensor, NamedTensors, Tensor } from '../../../reference/tensor.ts';
import { captureCli } from '../../support/capture-cli.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const artifact = (name: string): string => sharedPath('data', 'mlu_artifacts', name);
const CHECKPOINT = artifact('headpose_quantize.pth');
const MODEL = artifact('headpose.cambricon');

async function lint(...args: string[]): Promise<LintReport & { told: string[] }> {
  const { exitCode, stdout, stderr } = await captureCli('lint', '--json', '--quiet', ...args);
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as LintReport;
  expect(report.exitCode).toBe(exitCode);
  const findings = report.sections.flatMap((section) => section.findings);
  return { ...report, told: findings.map(({ code, layer }) => `${code} ${layer}`.trim()) };
}

describe.skipIf(!hasShared)('a head-pose network and its offline model, made by MLU PyTorch 1.3', () => {
  const dir = suiteFolder();
  const LAYERS = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'ip2', 'ip3'];

  /** The checkpoint with entries put in the place of its own. */
  async function edited(
    name: string,
    edit: (tensors: NamedTensors) => [string, AnyTensor][],
  ): Promise<string> {
    const { tensors } = await loadWeights(CHECKPOINT);
    const path = join(dir, name);
    await writeLegacyCheckpoint(path, new Map([...tensors, ...edit(tensors)]));
    return path;
  }

  test('are clean, and all 285 output channels are found', async () => {
    const { told, exitCode, verdict, sections } = await lint(CHECKPOINT, MODEL, '--bits', '8');
    expect({ told, exitCode, verdict }).toEqual({ told: [], exitCode: 0, verdict: 'clean: no errors' });
    const { layers, biases } = sections.at(-1)!;
    expect(biases!.map(({ layer, state }) => `${layer} ${state}`)).toEqual(
      LAYERS.map((layer) => `${layer} found`),
    );
    expect(layers!.map(({ layer }) => layer)).toEqual(LAYERS);
    expect(layers!.reduce((sum, { found }) => sum + found, 0)).toBe(285);
    expect(layers!.reduce((sum, { channels }) => sum + channels, 0)).toBe(285);
    expect(layers!.filter(({ order }) => order === 'interleaved').map(({ layer }) => layer)).toEqual([
      'conv5',
    ]);
  });

  test.each(LAYERS)('one weight of %s changed by one integer is found and named', async (layer) => {
    const path = await edited(`${layer}.pth`, (tensors) => {
      const weight = tensors.get(`${layer}.weight`) as Tensor;
      const data = weight.data.slice();
      const step = 1 / (tensors.get(`${layer}.scale`) as Tensor).data[1]!;
      const at = data.length >> 1;
      data[at] = data[at]! + (data[at]! > 0 ? -step : step);
      return [[`${layer}.weight`, { ...weight, data }]];
    });
    const { told, exitCode, sections, verdict } = await lint(path, MODEL);
    expect(told).toEqual([`weights-not-in-model ${layer}`]);
    expect(sections.at(-1)!.findings[0]!.message).toMatch(
      new RegExp(
        `^${layer}: the weights of 1 of \\d+ output channels are not in the model, of them channel \\d+$`,
      ),
    );
    expect([exitCode, verdict]).toEqual([1, 'not clean: 1 error (weights-not-in-model)']);
  });

  test.each(LAYERS)(
    'one value of the bias of %s changed in its last bit is found and named',
    async (layer) => {
      const path = await edited(`${layer}-bias.pth`, (tensors) => {
        const bias = tensors.get(`${layer}.bias`) as Tensor;
        const data = bias.data.slice();
        new Uint8Array(data.buffer)[4 * (data.length - 1)]! ^= 1;
        return [[`${layer}.bias`, { ...bias, data }]];
      });
      const { told, exitCode } = await lint(path, MODEL);
      expect({ told, exitCode }).toEqual({ told: [`bias-not-in-model ${layer}`], exitCode: 1 });
    },
  );

  test('float weights of another network, or a weight of their own changed, are told', async () => {
    expect((await lint(CHECKPOINT, '--weights', CHECKPOINT)).told).toEqual([]);
    const path = await edited('trained-on.pth', (tensors) => {
      const prelu = tensors.get('prelu2.weight') as Tensor;
      return [['prelu2.weight', { ...prelu, data: prelu.data.map((value) => value * 1.001) }]];
    });
    expect((await lint(CHECKPOINT, '--weights', path)).told).toEqual(['weights-differ prelu2.weight']);
    const yolox = sharedPath('golden', 'quantize', 'yolox_nano_int8.pt');
    expect((await lint(CHECKPOINT, '--weights', yolox)).told).toEqual(['weights-differ']);
  });

  test('a weight set to a new largest value gives itself away without the model too', async () => {
    const path = await edited('louder.pth', (tensors) => {
      const weight = tensors.get('conv3.weight') as Tensor;
      const data = weight.data.slice();
      data[17] = 3;
      return [['conv3.weight', { ...weight, data }]];
    });
    expect((await lint(path)).told).toEqual(['weight-scale-differs conv3']);
  });

  test('calibrated on other images, the scale of the model’s input is not the checkpoint’s', async () => {
    const path = await edited('recalibrated.pth', (tensors) => {
      const scale = tensors.get('conv1.scale') as Tensor;
      return [['conv1.scale', { ...scale, data: Float32Array.of(100, scale.data[1]!) }]];
    });
    const { told, exitCode } = await lint(path, MODEL);
    expect(told).toEqual(['input-scale-differs input 0']);
    expect(exitCode).toBe(1);
  });

  test('another network’s checkpoint is told from its keys and shapes; the layout alone is no error', async () => {
    const yolox = sharedPath('golden', 'quantize', 'yolox_nano_int8.pt');
    const { told, exitCode } = await lint(yolox, MODEL, '--bits', '8');
    expect(told).toEqual(['input-shape input 0', 'output-shape output 0', 'layout-unknown']);
    expect(exitCode).toBe(1);
  });

  test('in another file of its format nothing is found: layout unknown, exit 4, not other weights', async () => {
    const bytes = Buffer.from(readFileSync(MODEL));
    // The same head and descriptors, and other bytes where the weights were.
    for (let at = 150_000; at < 390_000; at++) bytes[at]! ^= 0x55;
    writeFileSync(join(dir, 'other.cambricon'), bytes);
    copyFileSync(artifact('headpose.cambricon_twins'), join(dir, 'other.cambricon_twins'));
    const { told, exitCode, verdict } = await lint(CHECKPOINT, join(dir, 'other.cambricon'));
    expect(told).toEqual(['twins-renamed', 'layout-unknown']);
    expect(exitCode).toBe(4);
    expect(verdict).toMatch(/^cannot tell: not one of 7 layers was found in the model/);
  });

  test('of a file that was cut the layers behind the cut are named', async () => {
    writeFileSync(join(dir, 'cut.cambricon'), readFileSync(MODEL).subarray(0, 300_500));
    const { told, exitCode } = await lint(CHECKPOINT, join(dir, 'cut.cambricon'));
    expect(told).toEqual([
      'twins-missing',
      'descriptors-unknown',
      ...['conv5', 'ip2', 'ip3'].map((layer) => `weights-not-in-model ${layer}`),
      ...['conv5', 'ip2', 'ip3'].map((layer) => `bias-not-in-model ${layer}`),
    ]);
    expect(exitCode).toBe(1);
  });

  test('twins given beside their model are linted once', async () => {
    const { sections } = await lint(
      artifact('headpose.cambricon_twins'),
      MODEL,
      artifact('yolov3_270_1.cambricon_twins'),
    );
    expect(sections.map(({ kind }) => kind)).toEqual(['offline-model', 'twins']);
  });

  test.each([
    ['1 48 48 3', '1 48 64 3', ['twins-differ input 0']],
    ['1 1 1 10', '1 10 1 1', ['twins-differ output 0']],
    ['Core limit: 1', 'Core limit: 4', ['core-number-differs subnet019']],
    ['Id: 95', 'Id: 92', ['twins-differ output 1']],
  ])('twins edited from %s to %s beside the model', async (from, to, expected) => {
    const name = `edited${to.length}${to.replaceAll(/\W/g, '')}`;
    const twins = readFileSync(artifact('headpose.cambricon_twins'), 'utf8');
    copyFileSync(MODEL, join(dir, `${name}.cambricon`));
    writeFileSync(join(dir, `${name}.cambricon_twins`), twins.replace(from, to));
    const { told, exitCode } = await lint(join(dir, `${name}.cambricon`));
    expect(told).toEqual([...expected, 'twins-renamed']);
    expect(exitCode).toBe(1);
  });

  test.each([
    ['headpose', '1'],
    ['retinaface', '1'],
    ['yolov3_270_1', '1'],
    ['yolov3_270_4_4', '4'],
  ])('the twins of %s alone are clean, with core number %s', async (name, cores) => {
    expect(await lint(artifact(`${name}.cambricon_twins`), '--cores', cores)).toMatchObject({
      told: [],
      exitCode: 0,
    });
    expect((await lint(artifact(`${name}.cambricon_twins`), '--cores', '8')).told).toHaveLength(1);
  });

  test('a model that is no YOLOX does not fit one', async () => {
    const { told } = await lint(
      artifact('retinaface.cambricon_twins'),
      '--variant',
      'yolox-s',
      '--size',
      '640',
    );
    expect(told).toEqual(['output-shape output 0']);
  });
});

describe.skipIf(!hasShared)('YOLOX-nano, quantised', () => {
  const golden = (bits: number): string => sharedPath('golden', 'quantize', `yolox_nano_int${bits}.pt`);
  const NANO = sharedPath('data', 'yolox_nano', 'yolox_nano.pth');

  test.each([
    [16, 8],
    [8, 16],
  ])('int%i is clean under its bits and not under %i', async (bits, others) => {
    const options = ['--variant', 'yolox-nano', '--weights', NANO];
    expect(await lint(golden(bits), '--bits', String(bits), ...options)).toMatchObject({
      told: [],
      exitCode: 0,
    });
    const { told, exitCode, sections } = await lint(golden(bits), '--bits', String(others));
    expect({ told, exitCode }).toEqual({ told: ['bits-differ'], exitCode: 1 });
    expect(sections[0]!.findings[0]!.message).toContain(`113 of 113 modules are int${bits}: `);
  });

  test('pictures it was not calibrated on show which layers would saturate', async () => {
    const pictures = sharedPath('data', 'images');
    const { told, exitCode, sections } = await lint(golden(16), '--images', pictures);
    expect(new Set(told.map((line) => line.split(' ')[0]))).toEqual(new Set(['saturates']));
    expect(exitCode).toBe(0);
    expect(sections[0]!.facts.at(-1)).toMatch(/^on \d+ images? the fullest layer reaches 1\d\d\.\d % of /);
  });
});

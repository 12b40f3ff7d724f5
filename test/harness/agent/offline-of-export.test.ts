import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { float32Tensor } from '../../../reference/tensor.ts';
import { readCnrtTrace } from '../../support/cnrt-trace.ts';
import { compileCnrt, compiler } from '../../support/compile-cnrt.ts';
import { readNpy } from '../../support/npy.ts';
import { python } from '../../support/python.ts';
import { WITH_STAND_IN } from '../../support/run-agent.ts';
import { spawnAgent } from '../../support/spawn-agent.ts';
import { writeInput } from '../../support/write-input.ts';

const WEIGHTS = fileURLToPath(new URL('../../../datasets/sample/yolox-scenes.pth', import.meta.url));
const SIZE = 96;
const IMAGES = 3;

describe.skipIf(!python || !compiler)('from checkpoint to offline model (stand-ins)', () => {
  let folder: string;
  let images: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mlu-parity-export-'));
    images = join(folder, 'images.npy');
    const random = createRandom(7);
    const pixels = Float32Array.from({ length: IMAGES * 3 * SIZE * SIZE }, () => random.integer(256));
    await writeInput(images, float32Tensor(pixels, [IMAGES, 3, SIZE, SIZE]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function agent(...args: string[]): Promise<string> {
    const environment = {
      ...WITH_STAND_IN,
      CNRT_LIBRARY: compileCnrt(),
      MLU_STAND_IN_PYTHON: python!,
      MLU_STAND_IN_TRACE: join(folder, 'trace'),
    };
    const { exitCode, stdout, stderr } = await spawnAgent(args, environment).result;
    expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
    return stdout;
  }

  test('the exported model gives offline, to the bit, what the card gave online', async () => {
    const quantized = join(folder, 'quantized.pt');
    const size = ['--size', String(SIZE)];
    const card = ['--core-number', '4', '--batch', '2', '--decode', 'fixed-grids', ...size];
    const model = join(folder, 'model.cambricon');
    const online = join(folder, 'online');
    const offline = join(folder, 'offline');
    await agent('quantize', '--weights', WEIGHTS, '--out', quantized, '--images', images, ...size);
    await agent('export-offline', '--quantized', quantized, '--out', model, ...card);
    await agent('online', '--quantized', quantized, '--images', images, '--out', online, ...card);
    const stdout = await agent('offline', '--model', model, '--images', images, '--out', offline, '--json');
    const { session, outputs } = JSON.parse(stdout);
    expect(session).toMatchObject({ coreNumber: 4, details: { output: { layout: 'N C 1 A' } } });
    expect(outputs).toHaveLength(IMAGES);
    for (let i = 0; i < IMAGES; i++) {
      const [a, b] = [offline, online].map((out) => readNpy(join(out, `images_${i}.npy`)));
      expect(a!.shape).toEqual(b!.shape);
      expect(a!.data).toEqual(b!.data);
    }
    expect(readCnrtTrace(join(folder, 'trace'))).toMatchObject({ misuses: [], leaks: [] });
  });
});

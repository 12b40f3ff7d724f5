import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../reference/random.ts';
import { python } from '../../support/python.ts';
import { runAgentCode } from '../../support/run-agent.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';
import { suiteFolder } from '../../support/suite-folder.ts';

const hasCv2 = python !== null && spawnSync(python, ['-c', 'import cv2']).status === 0;

interface Loaded {
  readonly images?: readonly { name: string; shape: number[]; dtype: string; sha256: string; sum: number }[];
  readonly refused?: string;
}

/** What `load_inputs` makes of what is found in each row of paths; `size` [height, width]. */
async function loaded(
  rows: readonly (readonly string[])[],
  size: readonly [number, number],
  legacy = false,
): Promise<Loaded[]> {
  const { exitCode, stdout, stderr } = await runAgentCode(
    `
import hashlib, json
from mlu_agent.errors import BadFile
from mlu_agent.images import find_inputs, load_inputs
rows, size, legacy = json.loads(sys.argv[1])
def load(paths):
    try:
        return {"images": [
            {"name": name, "shape": list(p.shape), "dtype": str(p.dtype), "sha256": hashlib.sha256(p.tobytes()).hexdigest(), "sum": float(p.sum())}
            for name, p in load_inputs(find_inputs(paths), size, legacy)
        ]}
    except BadFile as error:
        return {"refused": str(error)}
print(json.dumps([load(paths) for paths in rows]))`,
    [JSON.stringify([rows, size, legacy])],
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe.skipIf(!python)('inputs of the agent', () => {
  const folder = suiteFolder();
  const npy = async (name: string, data: Float32Array | Uint8Array | Float64Array, shape: number[]) => {
    const path = join(folder, name);
    await writeFile(path, new Uint8Array(dump(data, shape)));
    return path;
  };
  const levels = Uint8Array.from({ length: 3 * 32 * 64 }, (_, i) => i % 251);
  const sum = levels.reduce((total, level) => total + level, 0);

  test('.npy: float32 or uint8, with or without a batch, a file or a folder, as float32', async () => {
    const floats = await npy('floats.npy', Float32Array.from(levels), [1, 3, 32, 64]);
    const bytes = await npy('bytes.npy', levels, [3, 32, 64]);
    const both = Float32Array.from([...levels, ...levels.map((level) => level + 1)]);
    const two = await npy('two.npy', both, [2, 3, 32, 64]);
    await mkdir(join(folder, 'many'));
    await npy('many/b.npy', levels, [3, 32, 64]);
    await npy('many/a.npy', levels, [3, 32, 64]);
    await writeFile(join(folder, 'many', 'notes.txt'), 'not one of them');
    const [single, uint8, pair, many] = await loaded(
      [[floats], [bytes], [two], [join(folder, 'many'), floats]],
      [32, 64],
    );
    expect(single!.images).toMatchObject([{ name: 'floats', shape: [1, 3, 32, 64], dtype: 'float32', sum }]);
    expect(uint8!.images![0]!.sha256).toBe(single!.images![0]!.sha256);
    expect(pair!.images!.map((image) => [image.name, image.sum])).toEqual([
      ['two_0', sum],
      ['two_1', sum + levels.length],
    ]);
    expect(many!.images!.map(({ name }) => name)).toEqual(['a', 'b', 'floats']);
  });

  test('whatever is no input is refused by what it is', async () => {
    await mkdir(join(folder, 'again'));
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'text.npy'), 'a text');
    await writeFile(join(folder, 'notes.txt'), 'a text');
    const rows: [string[], RegExp][] = [
      [
        [await npy('wide.npy', levels, [1, 3, 64, 32])],
        /has images of 64x32, and the size asked for is 32x64: /,
      ],
      [[await npy('grey.npy', levels, [1, 1, 96, 64])], /has shape \[1, 1, 96, 64\], and inputs are /],
      [[await npy('flat.npy', levels, [levels.length])], /has shape \[6144\], and inputs are /],
      [
        [await npy('double.npy', Float64Array.from(levels), [3, 32, 64])],
        /holds float64, and inputs are float32 or uint8/,
      ],
      [
        [
          await npy(
            'nan.npy',
            Float32Array.from(levels, (level) => level / (level - 7)),
            [3, 32, 64],
          ),
        ],
        /has values that are not finite/,
      ],
      [[join(folder, 'text.npy')], /^cannot read .*text\.npy: /],
      [[join(folder, 'absent.npy')], /^cannot read .*absent\.npy: /],
      [[join(folder, 'absent.jpg')], /^cannot read .*absent\.jpg: there is no such file/],
      [[join(folder, 'notes.txt')], /is neither a \.npy file nor a picture: give one of \.npy, \.bmp/],
      [[join(folder, 'empty')], /has neither \.npy files nor pictures/],
      [
        [await npy('same.npy', levels, [3, 32, 64]), await npy('again/same.npy', levels, [3, 32, 64])],
        /^two inputs are called same: .*: rename one$/,
      ],
    ];
    const results = await loaded(
      rows.map(([paths]) => paths),
      [32, 64],
    );
    for (const [i, [, sentence]] of rows.entries()) expect(results[i]!.refused).toMatch(sentence);
  });

  test('damaged .npy files end in an input or in one sentence', async () => {
    const whole = Buffer.from(dump(Float32Array.from(levels), [1, 3, 32, 64]));
    const random = createRandom(5);
    const paths = await Promise.all(
      Array.from({ length: 150 }, async (_, i) => {
        const bytes = Buffer.from(whole);
        for (let left = 3; left > 0; left--) bytes[random.integer(100)] = random.integer(256);
        const path = join(folder, `damaged-${i}.npy`);
        await writeFile(path, i % 3 === 0 ? whole.subarray(0, random.integer(whole.length)) : bytes);
        return path;
      }),
    );
    const results = await loaded(
      paths.map((path) => [path]),
      [32, 64],
    );
    const refused = results.flatMap((result) => result.refused ?? []);
    expect(refused.length).toBeGreaterThan(75);
    for (const sentence of refused) expect(sentence).toMatch(/^[^\n]{20,300}$/);
  });

  test.skipIf(hasCv2)('without OpenCV a picture is refused, with the way round', async () => {
    const path = join(folder, 'picture.png');
    await writeFile(path, 'never looked at');
    const [result] = await loaded([[path]], [32, 64]);
    expect(result!.refused).toBe(
      `${path} is a picture, and there is no OpenCV (cv2) to read it: let \`mlu-parity agent inputs\` write them, and give ` +
        'their folder',
    );
  });

  test.skipIf(!hasCv2 || !hasShared)(
    'with OpenCV the letterbox of all 50 pictures is YOLOX’s to the bit, legacy too',
    async () => {
      const { cases } = JSON.parse(
        readFileSync(sharedPath('golden', 'preprocess', 'letterbox.json'), 'utf8'),
      );
      const rows = cases.map(({ file_name }: { file_name: string }) => [
        sharedPath('data', 'coco_val50', 'images', file_name),
      ]);
      for (const size of [416, 640]) {
        for (const legacy of [false, true]) {
          const results = await loaded(rows, [size, size], legacy);
          expect(results.map(({ images }) => images?.[0]?.sha256)).toEqual(
            cases.map(
              (entry: Record<string, string>) => entry[`letterbox_${size}${legacy ? '_legacy' : ''}_sha256`],
            ),
          );
        }
      }
    },
  );
});

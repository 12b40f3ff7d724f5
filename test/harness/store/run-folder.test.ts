import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { createRunFolder, makeEmptyFolder } from '../../../harness/store/run-folder.ts';
import { float32Tensor } from '../../../reference/tensor.ts';

const folder = (): Promise<string> => mkdtemp(join(tmpdir(), 'mlu-parity-'));

describe('makeEmptyFolder', () => {
  test('makes missing parents and takes an empty folder as it is', async () => {
    const path = join(await folder(), 'a', 'b');
    await makeEmptyFolder(path);
    await expect(makeEmptyFolder(path)).resolves.toBeUndefined();
  });

  test('refuses a folder with something in it, naming it and the option', async () => {
    const path = await folder();
    await writeFile(join(path, 'x'), '');
    await expect(makeEmptyFolder(path)).rejects.toThrow(
      `cannot write to ${path}: it is not empty; give --out`,
    );
  });

  test('takes one in which a process was killed before it began', async () => {
    const path = await folder();
    await mkdir(join(path, 'run.lock'));
    await writeFile(join(path, '.journal.jsonl.0d9e.part'), '{"kind":');
    await expect(makeEmptyFolder(path)).resolves.toBeUndefined();
    await writeFile(join(path, 'journal.jsonl'), '');
    await expect(makeEmptyFolder(path)).rejects.toThrow(
      /not empty; .*, or go on with it: mlu-parity run --resume/,
    );
  });

  test('refuses a file', async () => {
    const path = join(await folder(), 'x');
    await writeFile(path, '');
    await expect(makeEmptyFolder(path)).rejects.toThrow('it is a file');
    await expect(makeEmptyFolder(join(path, 'below'))).rejects.toThrow(/give --out/);
  });
});

describe('createRunFolder', () => {
  test('saves raw outputs as .npy with shape and values', async () => {
    const path = join(await folder(), 'run');
    const run = await createRunFolder(path);
    const values = new Float32Array([1.5, -0, 3, Number.MIN_VALUE, 1e-30, 7]);
    await run.saveRaw('int16', 139, float32Tensor(values, [1, 2, 3]));
    const bytes = await readFile(join(path, 'raw', 'int16', '139.npy'));
    const npy = parse(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
    );
    expect(npy.shape).toEqual([1, 2, 3]);
    expect(npy.dtype).toBe('f4');
    expect(npy.data).toEqual(values);
  });

  test('does not touch a folder that holds another run', async () => {
    const path = join(await folder(), 'run');
    await mkdir(path);
    await writeFile(join(path, 'run.json'), 'theirs');
    await expect(createRunFolder(path)).rejects.toThrow('not empty');
    expect(await readFile(join(path, 'run.json'), 'utf8')).toBe('theirs');
  });
});

test.runIf(process.platform === 'linux')(
  'a place that refuses children is an error at once, not a wait without end',
  async () => {
    await expect(makeEmptyFolder('/proc/mlu-parity/deep')).rejects.toThrow(
      /cannot make the folder \/proc\/mlu-parity\/deep \(ENOENT\): give --out/,
    );
  },
);

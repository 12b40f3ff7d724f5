import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadDataError } from '../../../harness/errors.ts';
import { loadWeights } from '../../../harness/weights/index.ts';
import { unpickle } from '../../../harness/weights/pickle/unpickle.ts';
import { PickleDict, type PickleTuple } from '../../../harness/weights/pickle/values.ts';
import { temporaryFolder, zipOf } from './support.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const u32 = (value: number): string =>
  String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
const text = (value: string): string => `X${u32(value.length)}${value}`;

const LEGACY_HEAD = '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.';
const SYSTEM = `\x80\x02}${text('little_endian')}\x88s.`;
/** A legacy checkpoint around a pickle. */
const legacy = (pickle: string, rest = '\x80\x02].'): Promise<string> =>
  folder.file(latin(LEGACY_HEAD + SYSTEM + pickle + rest));
const zipped = async (pickle: string | Buffer, storages: Record<string, Uint8Array> = {}): Promise<string> =>
  folder.file(
    await zipOf({
      'a/data.pkl': typeof pickle === 'string' ? latin(pickle) : pickle,
      'a/version': latin('3'),
      ...storages,
    }),
  );

/** `('storage', torch.<type>, key, 'cpu', elements)` as a persistent id. */
const storage = (type: string, key: string, elements: number): string =>
  `(${text('storage')}ctorch\n${type}\n${text(key)}${text('cpu')}J${u32(elements)}tQ`;
const ints = (values: number[]): string => `(${values.map((value) => `J${u32(value)}`).join('')}t`;
/** `{name: _rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())}` */
const state = (stored: string, offset: number, shape: number[], strides: number[]): string =>
  `\x80\x02}${text('w')}ctorch._utils\n_rebuild_tensor_v2\n(${stored}J${u32(offset)}${ints(shape)}${ints(strides)}\x89` +
  `ccollections\nOrderedDict\n)RtRs.`;

async function refusal(path: string): Promise<string> {
  const started = performance.now();
  const error: unknown = await loadWeights(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BadDataError);
  expect(performance.now() - started).toBeLessThan(5000);
  const { message } = error as BadDataError;
  expect(message).toMatch(/^cannot read weights from [^\n]{10,600}; [^\n]{5,200}$/);
  return message;
}

describe('code in a pickle is refused by name and never run', () => {
  it.each([
    ['os.system', `\x80\x02cos\nsystem\n(${text('touch /tmp/pwned')}tR.`, '"os.system"'],
    ['posix.system', `\x80\x02cposix\nsystem\n(${text('true')}tR.`, '"posix.system"'],
    ['builtins.eval', `\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x021+\x85R.`, '"builtins.eval"'],
    ['builtins.getattr', '\x80\x02cbuiltins\ngetattr\n.', '"builtins.getattr"'],
    ['subprocess.Popen', '\x80\x02csubprocess\nPopen\n)\x81.', '"subprocess.Popen"'],
    ['torch.load again', '\x80\x02ctorch.storage\n_load_from_bytes\n.', '"torch.storage._load_from_bytes"'],
    ['a dotted way round', '\x80\x04\x8c\x05torch\x8c\x09os.system\x93.', '"torch.os.system"'],
    ['__proto__', '\x80\x02c__proto__\nconstructor\n.', '"__proto__.constructor"'],
    ['a name over 80 characters', `\x80\x02c${'m'.repeat(500)}\nf\n.`, `"${'m'.repeat(77)}..."`],
  ])('%s', async (_, pickle, name) => {
    expect(await refusal(await legacy(pickle))).toContain(name);
    expect(await refusal(await zipped(pickle))).toContain(name);
  });

  it.each([
    ['INST', '(ios\nsystem\n.', '0x69'],
    ['OBJ', '(cos\nsystem\no.', '"os.system"'],
    ['EXT1', '\x80\x02\x82\x01.', '0x82'],
    ['NEWOBJ_EX', '\x80\x04)}\x92.', '0x92'],
    ['PERSID', 'Pkey\n.', '0x50'],
  ])('the instruction %s', async (_, pickle, evidence) => {
    expect(await refusal(await zipped(pickle))).toContain(evidence);
  });

  it('calling what is not a function, attributes on what is not a dict', async () => {
    expect(await refusal(await zipped('\x80\x02K\x01)R.'))).toContain('calls a number');
    expect(await refusal(await zipped('\x80\x02ctorch\nFloatStorage\n)R.'))).toContain(
      'calls the name torch.FloatStorage',
    );
    expect(await refusal(await zipped('\x80\x02]}b.'))).toContain('sets attributes of a list');
  });
});

describe('memory and time stay in proportion to the file', () => {
  it('lengths beyond the file', async () => {
    for (const claim of [
      'B\xff\xff\xff\xff',
      'X\xff\xff\xff\xff',
      'T\xff\xff\xff\x7f',
      '\x8e\xff\xff\xff\xff\xff\xff\xff\xff',
    ]) {
      expect(await refusal(await zipped(`\x80\x04${claim}abc.`))).toContain(
        'ends in the middle of its pickle',
      );
    }
    expect(await refusal(await zipped(`\x80\x02\x8b\xff\xff\xff\xffabc.`))).toContain(
      'an integer of 4294967295 bytes',
    );
  });

  it('deep nesting, of lists and of tuples', async () => {
    expect(await refusal(await zipped(`\x80\x02${']'.repeat(100_000)}${'a'.repeat(99_999)}.`))).toContain(
      'a list',
    );
    expect(await refusal(await zipped(`\x80\x02)${'\x85'.repeat(400_000)}.`))).toContain('a tuple');
    expect(await refusal(await zipped(`\x80\x02${'('.repeat(400_000)}.`))).toContain('pickle');
  });

  it('a billion laughs: each list holds the one before ten times', async () => {
    let pickle = '\x80\x02]q\x00';
    for (let level = 1; level < 200; level++) {
      pickle += `](${`h${String.fromCharCode(level - 1)}`.repeat(10)}eq${String.fromCharCode(level)}`;
    }
    expect(await refusal(await zipped(`${pickle}.`))).toContain('pickle');
  });

  it('a list and a text from the memo handed to a function again and again', async () => {
    const pairs = `](${')'.repeat(50_000)}eq\x00`;
    const calls = 'ccollections\nOrderedDict\nq\x01'.concat('h\x01h\x00\x85R0'.repeat(100_000));
    expect(await refusal(await zipped(`\x80\x02${pairs}${calls}.`))).toContain('list of pairs');
    const long = `${text('x'.repeat(500_000))}q\x00`;
    const encode = 'c_codecs\nencode\nq\x01'.concat(`h\x01h\x00${text('latin1')}\x86R0`.repeat(50_000));
    expect(await refusal(await zipped(`\x80\x02${long}${encode}.`))).toContain('over 1000000 instructions');
  });

  it('more instructions than any state dict has', async () => {
    expect(await refusal(await zipped(`\x80\x02${'N0'.repeat(600_000)}.`))).toContain(
      'over 1000000 instructions',
    );
  });

  it('huge storages, and huge tensors of few elements', async () => {
    expect(await refusal(await zipped(state(storage('FloatStorage', '0', 0x7fffffff), 0, [1], [1])))).toMatch(
      /MiB of memory|no entry/,
    );
    const expanded = state(storage('FloatStorage', '0', 1), 0, [1_000_000, 100_000], [0, 0]);
    expect(await refusal(await zipped(expanded, { 'a/data/0': new Uint8Array(4) }))).toContain(
      'MiB of memory',
    );
    expect(
      await refusal(await legacy(state(storage('FloatStorage', '0', 0x7fffffff), 0, [1], [1]))),
    ).toContain('MiB of memory');
  });

  it('a zip bomb: a storage that unpacks to more than the file can mean', async () => {
    const elements = 50_000_000;
    const bomb = await zipOf({
      'a/data.pkl': latin(state(storage('FloatStorage', '0', elements), 0, [1], [1])),
    });
    expect(bomb.length).toBeLessThan(1000);
    const packed = await zipOf(
      {
        'a/data.pkl': latin(state(storage('FloatStorage', '0', elements), 0, [1], [1])),
        'a/data/0': new Uint8Array(elements * 4),
      },
      true,
    );
    expect(packed.length).toBeLessThan(300_000);
    expect(await refusal(await folder.file(packed))).toContain('MiB of memory');
  });

  it('a directory that understates what an entry unpacks to', async () => {
    const zip = await zipOf({ 'a/data.pkl': latin(`\x80\x02${'N0'.repeat(10_000)}N.`) }, true);
    const central = zip.indexOf('PK\x01\x02', undefined, 'latin1');
    zip.writeUInt32LE(10, central + 24);
    expect(await refusal(await folder.file(zip))).toContain('does not unpack to the 10 bytes promised');
  });

  it('entries that overlap', async () => {
    const bytes = deflateRawSync(Buffer.alloc(1000));
    const zip = await zipOf({ 'a/data.pkl': bytes, 'a/data/0': bytes, 'a/data/1': bytes });
    for (
      let at = zip.indexOf('PK\x01\x02', undefined, 'latin1');
      at >= 0;
      at = zip.indexOf('PK\x01\x02', at + 1, 'latin1')
    ) {
      zip.writeUInt32LE(zip.length - 1, at + 20);
      zip.writeUInt32LE(zip.length - 1, at + 24);
    }
    expect(await refusal(await folder.file(zip))).toContain('overlap');
  });
});

describe('windows on storages are checked', () => {
  const four = { 'a/data/0': new Uint8Array(16) };
  it.each([
    [
      'past the end',
      state(storage('FloatStorage', '0', 4), 1, [4], [1]),
      'reaches element 4 of a storage of 4',
    ],
    ['by strides', state(storage('FloatStorage', '0', 4), 0, [2, 2], [3, 1]), 'reaches element 4'],
    ['a negative stride', state(storage('FloatStorage', '0', 4), 3, [4], [-1]), 'strides holds -1'],
    ['a negative offset', state(storage('FloatStorage', '0', 4), -1, [1], [1]), 'offset holds -1'],
    [
      'shape and strides of two lengths',
      state(storage('FloatStorage', '0', 4), 0, [2, 2], [1]),
      '2 dimensions but 1 strides',
    ],
    [
      'elements beyond counting',
      state(storage('FloatStorage', '0', 4), 0, new Array(9).fill(1e9), new Array(9).fill(0)),
      'impossible shape',
    ],
    [
      'a size other than the entry has',
      state(storage('DoubleStorage', '0', 4), 0, [4], [1]),
      'has 16 bytes where its pickle says 32',
    ],
    [
      'a storage that is not there',
      state(storage('FloatStorage', '1', 4), 0, [4], [1]),
      'no entry "a/data/1"',
    ],
    [
      'a path out of the archive',
      state(storage('FloatStorage', '../../x', 4), 0, [4], [1]),
      'no entry "a/data/../../x"',
    ],
  ])('%s', async (_, pickle, evidence) => {
    expect(await refusal(await zipped(pickle, four))).toContain(evidence);
  });

  it('an empty tensor needs no storage elements', async () => {
    const path = await zipped(state(storage('FloatStorage', '0', 0), 0, [0, 3], [3, 1]), {
      'a/data/0': new Uint8Array(),
    });
    expect((await loadWeights(path)).tensors.get('w')).toMatchObject({
      shape: [0, 3],
      data: new Float32Array(),
    });
  });
});

describe('archives', () => {
  it('a path out of the folder, a name twice, no pickle, TorchScript, big-endian', async () => {
    const evil = await zipOf({ 'aa/bb/data.pkl': latin('N.') });
    const renamed = latin(evil.toString('latin1').replaceAll('aa/bb/', '../../'));
    expect(await refusal(await folder.file(renamed))).toMatch(/invalid relative path/);
    const twice = await zipOf({ 'a/data.pkl': latin('N.'), 'b/data.pkl': latin('N.') });
    expect(await refusal(await folder.file(twice))).toContain('2 files data.pkl');
    const same = latin(twice.toString('latin1').replaceAll('b/data.pkl', 'a/data.pkl'));
    expect(await refusal(await folder.file(same))).toContain('twice');
    expect(await refusal(await folder.file(await zipOf({ 'word/document.xml': latin('<a/>') })))).toContain(
      'without data.pkl',
    );
    const script = await zipOf({ 'a/data.pkl': latin('N.'), 'a/constants.pkl': latin('N.') });
    expect(await refusal(await folder.file(script))).toContain('TorchScript');
    const big = await zipOf({ 'a/data.pkl': latin('N.'), 'a/byteorder': latin('big') });
    expect(await refusal(await folder.file(big))).toContain('not little-endian');
  });

  it('a changed byte is found by its checksum', async () => {
    const zip = await zipOf({
      'a/data.pkl': latin(state(storage('FloatStorage', '0', 4), 0, [4], [1])),
      'a/data/0': latin('0123456789abcdef'),
    });
    const at = zip.indexOf('0123456789abcdef', undefined, 'latin1');
    zip[at + 5] ^= 1;
    expect(await refusal(await folder.file(zip))).toContain('does not match its CRC-32 checksum');
  });

  it('a 64-bit directory position beyond everything ends in an error, not in a crash', async () => {
    const zip = await zipOf({ 'a/data.pkl': latin('N.') });
    const end = zip.subarray(-22);
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(2n ** 63n, 8);
    const path = await folder.file(Buffer.concat([zip.subarray(0, -22), locator, end]));
    expect(await refusal(path)).toContain('bytes start at 9223372036854776000');
  });
});

describe('unpickle', () => {
  const value = (pickle: string) => unpickle(latin(pickle)).value;

  it('integers of every protocol', () => {
    expect(
      [
        'I01\n.',
        'I00\n.',
        'I-12\n.',
        'L7L\n.',
        'J\xff\xff\xff\xff.',
        'M\xff\xff.',
        '\x80\x02\x8a\x01\x80.',
      ].map(value),
    ).toEqual([true, false, -12, 7, -1, 65535, -128]);
    expect(value('\x80\x02\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00.')).toBe(2n ** 64n - 1n);
    expect(value('\x80\x02\x8a\x00.')).toBe(0);
  });

  it('floats, texts and containers', () => {
    expect(value('F1e-3\n.')).toBe(0.001);
    expect(value('Finf\n.')).toBe(Number.POSITIVE_INFINITY);
    expect(value('G\x3f\xd0\x83\x12n\x97\x8dP.')).toBeCloseTo(0.258, 6);
    expect(value("S'abc'\n.")).toBe('abc');
    const dict = value('(V1\nI2\nd.');
    expect(dict).toBeInstanceOf(PickleDict);
    expect([...(dict as PickleDict).entries]).toEqual([['1', 2]]);
    expect((value('\x80\x02K\x01K\x02\x86.') as PickleTuple).items).toEqual([1, 2]);
  });

  it('a memo entry can be taken again; one that is not there is an error', () => {
    expect(value('\x80\x02]q\x05h\x05a.')).toBeInstanceOf(Array);
    expect(() => value('\x80\x02h\x05.')).toThrow(/refers to value 5, which is not there/);
  });
});

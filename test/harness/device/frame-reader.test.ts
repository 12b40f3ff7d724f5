import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, type Frame, MAX_HEAD_BYTES } from '../../../harness/device/frame.ts';
import { FrameReader } from '../../../harness/device/frame-reader.ts';
import { ProtocolError } from '../../../harness/device/protocol-error.ts';

const SEED = 20240817;

const payloads = fc.dictionary(fc.string({ maxLength: 8 }), fc.uint8Array({ maxLength: 300 }), {
  maxKeys: 3,
});
const frames = fc.array(
  fc.tuple(
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== 'payloads' && key !== '__proto__'),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 4, noNullPrototype: true },
    ),
    payloads,
  ),
  { minLength: 1, maxLength: 4 },
);

const encoded = ([head, bodies]: readonly [Record<string, unknown>, Record<string, Uint8Array>]): Buffer =>
  Buffer.concat(encodeFrame(head, new Map(Object.entries(bodies))));

/** What a reader gives for a stream in pieces, and whether it ended in an error. */
function readAll(stream: Uint8Array, sizes: readonly number[]): { frames: Frame[]; error: unknown } {
  const reader = new FrameReader();
  const found: Frame[] = [];
  try {
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      for (const frame of reader.push(stream.subarray(at, at + size))) found.push(frame);
      at += size;
    }
    reader.end();
    return { frames: found, error: null };
  } catch (error) {
    return { frames: found, error };
  }
}

const plain = ({ head, payloads: bodies }: Frame) => ({
  head: JSON.stringify(head),
  payloads: [...bodies].map(([name, bytes]) => [name, [...bytes]]),
});

const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });

describe('frames', () => {
  test('come out as they went in, in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(frames, sizes, (given, pieces) => {
        const { frames: found, error } = readAll(Buffer.concat(given.map(encoded)), pieces);
        expect(error).toBeNull();
        expect(found.map(plain)).toEqual(
          given.map(([head, bodies]) => ({
            head: JSON.stringify(head),
            payloads: Object.entries(bodies).map(([name, bytes]) => [name, [...bytes]]),
          })),
        );
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('before a flipped bit or a cut come out whole, and nothing after it', () => {
    fc.assert(
      fc.property(frames, sizes, fc.nat(), fc.constantFrom('flip', 'cut'), (given, pieces, where, damage) => {
        const whole = given.map(encoded);
        const stream = Buffer.concat(whole);
        const at = where % stream.length;
        const damaged = damage === 'cut' ? stream.subarray(0, at) : Buffer.from(stream);
        if (damage === 'flip') damaged[at]! ^= 1 << (where % 8);
        let before = 0;
        for (let end = whole[0]!.length; end <= at; end += whole[before]?.length ?? Number.POSITIVE_INFINITY)
          before++;
        const { frames: found, error } = readAll(damaged, pieces);
        expect(found.map(plain)).toEqual(
          readAll(Buffer.concat(whole.slice(0, before)), [400]).frames.map(plain),
        );
        // Cut between two frames nothing is missing.
        const cutBetween = damage === 'cut' && Buffer.concat(whole.slice(0, before)).length === at;
        if (cutBetween) expect(error).toBeNull();
        else expect(error).toBeInstanceOf(ProtocolError);
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  test('that are none are known at their first byte, or by their lengths, before anything is taken for them', () => {
    expect(() => [...new FrameReader().push(Buffer.from('w'))]).toThrow(ProtocolError);
    const large = Buffer.alloc(20);
    large.write('MLUP');
    large.writeUInt32LE(MAX_HEAD_BYTES + 1, 4);
    expect(() => [...new FrameReader().push(large)]).toThrow('a frame with a head of 16777217 bytes');
    large.writeUInt32LE(2, 4);
    large.writeBigUInt64LE(2n ** 40n, 8);
    expect(() => [...new FrameReader().push(large)]).toThrow(ProtocolError);
  });

  test.each([
    ['no JSON', '{', {}],
    ['no object', '[]', {}],
    ['bytes that are no UTF-8', '"\xff', {}],
    ['a negative length', '{"payloads":[{"name":"a","bytes":-1}]}', {}],
    ['more than there is', '{"payloads":[{"name":"a","bytes":1}]}', {}],
    ['one name twice', '{"payloads":[{"name":"a","bytes":0},{"name":"a","bytes":0}]}', {}],
  ])('whose head is %s are refused, though their CRC is right', async (_what, text) => {
    const { crc32 } = await import('node:zlib');
    const body = Buffer.from(text, 'latin1');
    const prefix = Buffer.alloc(20);
    prefix.write('MLUP');
    prefix.writeUInt32LE(body.length, 4);
    prefix.writeUInt32LE(crc32(Buffer.concat([prefix.subarray(0, 16), body])), 16);
    expect(() => [...new FrameReader().push(Buffer.concat([prefix, body]))]).toThrow(ProtocolError);
  });

  test('of 64 MiB in pieces of 4 kB take time in proportion to their size', () => {
    const time = (mebibytes: number): number => {
      const stream = Buffer.concat(encodeFrame({}, new Map([['a', new Uint8Array(mebibytes * 2 ** 20)]])));
      const start = performance.now();
      expect(readAll(stream, [4096]).frames).toHaveLength(1);
      return performance.now() - start;
    };
    time(8);
    // Quadratic copying would take 64 times as long for 8 times as much, and minutes for it.
    expect(time(64)).toBeLessThan(30 * Math.max(time(8), 5));
  });
});

import { createRandom } from '../../reference/random.ts';

export interface MadeUpLayer {
  readonly bits: 8 | 16;
  /** `[out][in][height][width]`, integers. */
  readonly integers: ArrayLike<number>;
  readonly shape: readonly [number, number, number, number];
  /** Zero columns behind each kernel row. */
  readonly padding?: number;
}

export interface MadeUpModel {
  readonly layers: readonly MadeUpLayer[];
  readonly input: { readonly shape: readonly number[]; readonly position: number; readonly scale: number };
  readonly output: { readonly shape: readonly number[] };
  readonly cores?: number;
}

const MASK = 0x14260609;

/**
 * An offline model as far as it is known, written value by value straight from the description of the layout: magic, noise
 * for instructions, weights, descriptors. Independent of the code under test.
 */
export function madeUpOfflineModel({ layers, input, output }: MadeUpModel, seed = 1): Buffer {
  const random = createRandom(seed);
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.integer(256)));
  return Buffer.concat([
    Buffer.from('\x7fMEF', 'latin1'),
    noise(1001),
    ...layers.flatMap((layer) => [layerBytes(layer), noise(37)]),
    words(0, 0, 1, 1),
    record(input.shape, 60, input.position, input.scale),
    record(output.shape, 92, 0, -1),
    noise(100),
  ]);
}

/** The twins of the same model. */
export function madeUpTwins({ input, output, cores = 1 }: MadeUpModel): string {
  const tensor = (kind: string, { shape }: { shape: readonly number[] }, id: number): string =>
    `${kind} number: 1\n    ${kind} #0.\n        Mask: ${MASK}\n        Shape(dim): ${shape.join(' ')} \n        Name: \n` +
    `        Id: ${id}\n        Data type: CNRT_FLOAT32        Dim Order: CNRT_NHWC\n        Quantize position: 0\n        Quantize scale: 0.000000\n`;
  return (
    'This is the Twins File of "made-up.cambricon".\nFunction number: 1\n---------------kernel graph--------------------\n\n' +
    `Function #0 {\nKernel num:1 \nCache mode:0 \nName: subnet0\n${tensor('Input', input, 60)}${tensor('Output', output, 92)}` +
    `Kernel header #0:\n    Name: subnet0\n    Core version: \n    Model Parallelism: ${cores}\n    Core limit: ${cores}\n    Inst data split: true\n}\n`
  );
}

function layerBytes({ bits, integers, shape, padding = 0 }: MadeUpLayer): Buffer {
  const [out, inputs, height, width] = shape;
  const size = bits / 8;
  const cell = Math.ceil((inputs * size) / 64) * 64;
  const channelSize = height * (width + padding) * cell - padding * cell;
  const bytes = Buffer.alloc(out * channelSize);
  for (let c = 0; c < out; c++) {
    const row = out > 64 && out % 64 === 0 ? (c % 64) * (out / 64) + Math.floor(c / 64) : c;
    for (let i = 0; i < inputs; i++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const value = integers[((c * inputs + i) * height + y) * width + x]!;
          const at = row * channelSize + (y * (width + padding) + x) * cell + i * size;
          if (bits === 8) bytes.writeInt8(value, at);
          else bytes.writeInt16LE(value, at);
        }
      }
    }
  }
  return bytes;
}

function record(shape: readonly number[], id: number, position: number, scale: number): Buffer {
  const bytes = words(MASK, 4, ...shape, 0, id, 0x13, 0x0231, 0, 0);
  bytes.writeInt32LE(position, 40);
  bytes.writeFloatLE(scale, 44);
  return bytes;
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(value, 4 * i);
  });
  return bytes;
}

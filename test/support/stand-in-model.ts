import { writeFileSync } from 'node:fs';

export interface StandInModel {
  /** Extents and type: `1 64 64 3 FLOAT32`. One or more. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly parallelism?: number;
  readonly program?: 'ramp' | 'torchscript';
  readonly programBytes?: Uint8Array;
}

/** Inputs of 64 × 64 have so many anchors. */
export const ANCHORS_64 = 84;

/** Writes a model for the stand-in libcnrt. */
export function writeStandInModel(path: string, model: StandInModel = {}): string {
  const program = model.programBytes ?? new Uint8Array();
  const lines = [
    'mlu-parity stand-in 1',
    `parallelism ${model.parallelism ?? 4}`,
    'core-version MLU270',
    ...(model.inputs ?? ['1 64 64 3 FLOAT32']).map((input) => `input ${input}`),
    ...(model.outputs ?? [`1 7 1 ${ANCHORS_64} FLOAT32`]).map((output) => `output ${output}`),
    `program ${model.program ?? 'ramp'}`,
    `program-bytes ${program.length}`,
    'weights-bytes 0',
    'end\n',
  ];
  writeFileSync(path, Buffer.concat([Buffer.from(`\x7fMEF${lines.join('\n')}`, 'latin1'), program]));
  return path;
}

/**
 * What the program `ramp` makes of one image, [anchors][channels]: x / 2 + anchor / 4 + channel, each step rounded to
 * float32, x being the pixel of that anchor's number (over and over) in the colour channel mod 3.
 */
export function ramp(pixels: Float32Array, area: number, anchors: number, channels: number): Float32Array {
  const values = new Float32Array(anchors * channels);
  for (let a = 0; a < anchors; a++)
    for (let c = 0; c < channels; c++) {
      const x = pixels[(c % 3) * area + (a % area)]!;
      values[a * channels + c] = Math.fround(Math.fround(x / 2) + a / 4) + c;
    }
  return values;
}

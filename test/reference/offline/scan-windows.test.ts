import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanWindows, WINDOW } from '../../../reference/offline/scan-windows.ts';

/** Few different bytes, so that windows repeat and overlap. */
const bytes = (minLength: number, maxLength: number) =>
  fc.uint8Array({ min: 0, max: 3, minLength, maxLength });

function confirmedHits(file: Uint8Array, windows: readonly Uint8Array[]): string[] {
  const hits: string[] = [];
  scanWindows(file, windows, (window, position) => {
    if (Buffer.compare(file.subarray(position, position + WINDOW), windows[window]!) === 0)
      hits.push(`${window} at ${position}`);
  });
  return hits.sort();
}

function hitsByIndexOf(file: Uint8Array, windows: readonly Uint8Array[]): string[] {
  const hits: string[] = [];
  windows.forEach((window, index) => {
    for (let at = Buffer.from(file).indexOf(window); at >= 0; at = Buffer.from(file).indexOf(window, at + 1))
      hits.push(`${index} at ${at}`);
  });
  return hits.sort();
}

test('every place of every window is found, as Buffer.indexOf finds it', () => {
  fc.assert(
    fc.property(
      bytes(0, 200),
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.array(bytes(WINDOW, WINDOW), { maxLength: 3 }),
      (file, places, strange) => {
        const own = file.length < WINDOW ? [] : places.map((at) => at % (file.length - WINDOW + 1));
        const windows = [...own.map((at) => file.slice(at, at + WINDOW)), ...strange];
        expect(confirmedHits(file, windows)).toEqual(hitsByIndexOf(file, windows));
      },
    ),
  );
});

test('nothing but true places is reported in a megabyte of noise, and the first and the last are', () => {
  const file = Uint8Array.from({ length: 1 << 20 }, (_, i) => Math.imul(i ^ (i >>> 7), 0x9e3779b1) >>> 24);
  const windows = [file.slice(0, WINDOW), file.slice(-WINDOW)];
  expect(confirmedHits(file, windows)).toEqual(hitsByIndexOf(file, windows));
});

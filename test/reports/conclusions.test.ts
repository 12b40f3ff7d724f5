import { describe, expect, test } from 'vitest';
import type { BackendRecord, RunRecord } from '../../reports/index.ts';
import { reportTables } from '../../reports/index.ts';
import { smallRecord } from './small-record.ts';

const made = smallRecord();

/** What a table of the record says with int8 changed. */
function conclusionOf(id: string, change: Partial<BackendRecord>): string {
  const { record, float, int8 } = made();
  const changed: RunRecord = { ...record, backends: [float, { ...int8, ...change }] };
  return reportTables(changed).find((table) => table.id === id)!.conclusion;
}

describe('what is said of the detections', () => {
  const nothing = { moved: 0, classChanged: 0, lost: 0, gained: 0, imagesChanged: 0, changedImages: [] };
  const said = (change: object): string =>
    conclusionOf('detections', {
      detectionDifference: { ...made().int8.detectionDifference!, ...nothing, images: 2, ...change },
    });

  test('they are the same where no image changed, and only there', () => {
    expect(said({})).toBe('int8 (emulated) shows the same detections.');
    expect(said({ moved: 3, imagesChanged: 1 })).toBe(
      'Of the detections, int8 (emulated) moves 3, on 1 of 2 images.',
    );
    expect(said({ classChanged: 2, imagesChanged: 2 })).toBe(
      'Of the detections, int8 (emulated) changes the class of 2, on 2 of 2 images.',
    );
  });

  test('every kind of change is named, with the image that changed most', () => {
    const worst = { imageId: 7, fileName: '7.png', kept: 0, moved: 1, classChanged: 1, lost: 1, gained: 1 };
    expect(
      said({ lost: 5, gained: 4, moved: 3, classChanged: 2, imagesChanged: 2, changedImages: [worst] }),
    ).toBe(
      'Of the detections, int8 (emulated) loses 5, gains 4, moves 3 and changes the class of 2, on 2 of 2 images, most of all on 7.png.',
    );
  });
});

describe('what is said of saturation', () => {
  const said = (saturated: number, total: number, kind: 'checkpoint' | 'calibration' = 'calibration') =>
    conclusionOf('saturation', {
      quantization: {
        ...made().int8.quantization!,
        source: { kind, description: 'somewhere' },
        saturation: [{ layer: 'stem', saturated, total }],
      },
    });

  test('none was clamped is said of what was counted; what was not counted is said to be so', () => {
    expect(said(0, 100)).toBe('int8 (emulated): no input left its integer range.');
    expect(said(0, 0)).toBe('int8 (emulated): inputs that left their integer range were not counted.');
    const { quantization } = made().int8;
    expect(conclusionOf('saturation', { quantization: { ...quantization!, saturation: [] } })).toContain(
      'not counted',
    );
  });

  test('the advice fits where the scales come from: --headroom does nothing for those of a checkpoint', () => {
    expect(said(5, 100, 'calibration')).toContain('calibrate on more images or add --headroom');
    expect(said(5, 100, 'checkpoint')).toContain(
      'quantise the checkpoint again with more calibration images',
    );
    expect(said(5, 100, 'checkpoint')).not.toContain('--headroom');
  });
});

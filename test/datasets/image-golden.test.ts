import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readImage } from '../../datasets/index.ts';
import { createLetterbox } from '../../reference/preprocess/index.ts';
import { hasShared, sharedPath } from '../support/shared.ts';

interface GoldenCase {
  file_name: string;
  height: number;
  width: number;
  decoded_bgr_hwc_uint8_sha256: string;
  letterbox_416_sha256: string;
  letterbox_416_legacy_sha256: string;
  letterbox_640_sha256: string;
  letterbox_640_legacy_sha256: string;
}

const sha256 = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');

describe.skipIf(!hasShared)('pictures of coco_val50 against OpenCV and YOLOX ValTransform, by hash', () => {
  const boxes = [416, 640].flatMap((side) =>
    [false, true].map((legacy) => createLetterbox({ height: side, width: side }, { legacy })),
  );

  test('50 of 50 decoded pictures and 200 of 200 letterboxes', async () => {
    const path = sharedPath('golden', 'preprocess', 'letterbox.json');
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: GoldenCase[] };
    expect(cases).toHaveLength(50);
    for (const golden of cases) {
      const image = await readImage(sharedPath('data', 'coco_val50', 'images', golden.file_name));
      expect([image.height, image.width]).toEqual([golden.height, golden.width]);
      expect(sha256(image.data), `decoded ${golden.file_name}`).toBe(golden.decoded_bgr_hwc_uint8_sha256);
      const hashes = boxes.map((box) => sha256(box.apply(image).pixels.data));
      expect(hashes, golden.file_name).toEqual([
        golden.letterbox_416_sha256,
        golden.letterbox_416_legacy_sha256,
        golden.letterbox_640_sha256,
        golden.letterbox_640_legacy_sha256,
      ]);
    }
  });
});

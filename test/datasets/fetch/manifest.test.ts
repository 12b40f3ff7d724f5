import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findEntry, MANIFEST, nearestNames } from '../../../datasets/fetch/index.ts';
import { hasShared, sharedPath } from '../../support/shared.ts';

const artifacts = MANIFEST.flatMap(({ parts }) => parts.map(({ artifact }) => artifact));

describe('manifest', () => {
  test('names are unique and lower case, hashes and addresses well formed', () => {
    expect(new Set(MANIFEST.map(({ name }) => name)).size).toBe(MANIFEST.length);
    for (const { name } of MANIFEST) expect(name).toMatch(/^[a-z0-9-]+$/);
    for (const { sha256, origins, path, file, knownFrom } of artifacts) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(path.endsWith(file)).toBe(true);
      expect(knownFrom).not.toBe('');
      for (const origin of origins) expect(origin).toMatch(/^https?:\/\/[a-z0-9.-]+\/(.*\/)?$/);
    }
  });

  test('the first address of everything is https', () => {
    for (const { origins } of artifacts) expect(origins[0]).toMatch(/^https:/);
  });

  test('one file name means one file', () => {
    const hashes = new Map(artifacts.map(({ file, sha256 }) => [file, sha256]));
    for (const { file, sha256 } of artifacts) expect(hashes.get(file)).toBe(sha256);
  });

  test.skipIf(!hasShared)('the demo picture at hand is the one of the manifest', () => {
    const bytes = readFileSync(sharedPath('data', 'images', 'dog.jpg'));
    const { artifact } = findEntry('dog')!.parts[0]!;
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(artifact.sha256);
    expect(bytes.length).toBe(artifact.bytes);
  });
});

describe('names', () => {
  test.each(['yolox-nano', 'YOLOX_nano.pth', 'yolox_nano'])('%s is found', (name) => {
    expect(findEntry(name)?.name).toBe('yolox-nano');
  });

  test.each([
    ['yolox-nanno', ['yolox-nano']],
    ['coco', ['coco-val2017', 'coco-train2017', 'coco-annotations']],
    ['val2017', ['coco-val2017']],
    ['imagenet', []],
    ['', []],
  ])('%j is near %j', (name, near) => {
    expect(findEntry(name)).toBeUndefined();
    expect(nearestNames(name)).toEqual(near);
  });
});

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The weights that come with the package: a small YOLOX for the categories of generated scenes, at 224 × 224. They stand
 * beside the source and not beside the compiled code, so they are found from the package's own folder.
 */
export function sampleWeightsPath(): string {
  const root = dirname(createRequire(import.meta.url).resolve('mlu-parity/package.json'));
  return join(root, 'datasets', 'sample', 'yolox-scenes.pth');
}

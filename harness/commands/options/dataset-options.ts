import type { Command } from 'commander';
import { parseInteger, parseIntegerList } from '../../config/parse-values.ts';

/**
 * Ground truth and pictures, and which of them.
 * @param drawn what the seed draws.
 */
export function addDatasetOptions(command: Command, drawn = 'the subset'): void {
  command
    .option(
      '--dataset <dir>',
      'COCO folder: annotations/ beside the images of a split, or instances*.json beside images/; or scenes:COUNT?seed=N, drawn here',
    )
    .option('--annotations <file>', 'COCO annotation file, with --image-dir instead of --dataset')
    .option('--image-dir <dir>', 'folder of the images of --annotations')
    .option('--split <name>', 'split of --dataset, where it has several (default: val2017)')
    .option(
      '--images <n>',
      'a deterministic subset of n images that keeps the mix of categories',
      parseInteger,
    )
    .option('--seed <s>', `seed of ${drawn} (default: 0)`, parseInteger)
    .option('--image-ids <list>', 'these image ids only', parseIntegerList)
    .option('--image-list <file>', 'image ids or file names, one a line');
}

import type { Command } from 'commander';
import { parseInteger, parseIntegerList, parseNumber } from '../../config/parse-values.ts';

/** What is timed of each backend, and for how long. */
export function addTimingOptions(command: Command): void {
  command
    .option(
      '--cores <list>',
      'threads to time (default: 1 and all of this machine), and cores of the card to model (default: powers of two up to all of the card)',
      parseIntegerList,
    )
    .option('--batch <list>', 'images a request, e.g. 1,4 (default: 1)', parseIntegerList)
    .option('--latency-samples <n>', 'timed inferences a point (default: 130, enough for p95)', parseInteger)
    .option('--latency-seconds <s>', 'bound on the time of one point (default: 20)', parseNumber);
}

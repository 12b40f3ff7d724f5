import { runCpuFloat } from './data/run-cpu-float.ts';

/**
 * A process of its own for the row `memory`: runs cpu-float on the COCO folder given and prints the greatest resident
 * memory, in bytes, over the last images of each stretch asked for: `node memory-of-run.js DIR 500 5000`.
 */
const [dataset, ...stretches] = process.argv.slice(2);
const WINDOW = 100;
const greatest = stretches.map(() => 0);
await runCpuFloat(dataset!, (done) => {
  for (const [index, stretch] of stretches.entries()) {
    const end = Number(stretch);
    if (done > end - WINDOW && done <= end) {
      greatest[index] = Math.max(greatest[index]!, process.memoryUsage.rss());
    }
  }
});
process.stdout.write(`${JSON.stringify(greatest)}\n`);

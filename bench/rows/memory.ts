import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NANO_WEIGHTS, VAL50 } from '../data/nano.ts';
import { repeatDataset } from '../data/repeat-dataset.ts';
import { missingShared } from '../data/shared-data.ts';
import { demand } from '../demand.ts';
import type { Row } from '../row.ts';
import { figureOf } from '../time-in-turns.ts';

const EARLY = 500;
const ALL = 5000;
const MEGABYTE = 1e6;

export const memoryRow: Row = {
  name: 'memory',
  title: `resident memory of run of cpu-float after ${ALL} images against that after ${EARLY}`,
  async run() {
    const missing = missingShared(NANO_WEIGHTS, VAL50);
    if (missing !== undefined) return { state: 'skipped', reason: missing };
    const folder = await mkdtemp(join(tmpdir(), 'mlu-parity-bench-'));
    try {
      const dataset = join(folder, 'repeated');
      await repeatDataset(VAL50, dataset, ALL);
      const script = fileURLToPath(new URL('../memory-of-run.js', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [
        script,
        dataset,
        String(EARLY),
        String(ALL),
      ]);
      const [early, late] = JSON.parse(stdout) as [number, number];
      demand(early > 0 && late > 0, 'the run ended early');
      const ours = figureOf(`after ${ALL}`, 'MB', [late / MEGABYTE]);
      const against = figureOf(`after ${EARLY}`, 'MB', [early / MEGABYTE]);
      return {
        state: 'measured',
        ours,
        against,
        checked: 'all images scored in one run',
        goal: { what: 'growth', measured: late / early, least: late / early, allowed: 1.2, unit: '×' },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

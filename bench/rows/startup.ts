import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { demand } from '../demand.ts';
import type { Row } from '../row.ts';
import { figureOf } from '../time-in-turns.ts';

const RUNS = 15;

export const startupRow: Row = {
  name: 'startup',
  title: 'the whole process of mlu-parity --help against a node that does nothing',
  async run() {
    const command = [resolve('dist', 'harness', 'cli.js'), '--help'];
    const help = spawnSync(process.execPath, command, { encoding: 'utf8' });
    demand(help.status === 0 && help.stdout.startsWith('Usage: mlu-parity'), `--help failed: ${help.stderr}`);
    const samples: [own: number[], bare: number[]] = [[], []];
    for (let i = 0; i < RUNS; i++) {
      for (const [index, args] of [command, ['-e', '0']].entries()) {
        const start = performance.now();
        spawnSync(process.execPath, args);
        samples[index]!.push(performance.now() - start);
      }
    }
    const ours = figureOf('--help', 'ms', samples[0]);
    return {
      state: 'measured',
      ours,
      against: figureOf('bare node', 'ms', samples[1]),
      checked: 'help was printed',
      goal: { what: '--help', measured: ours.value, least: ours.least, allowed: 200, unit: 'ms' },
    };
  },
};

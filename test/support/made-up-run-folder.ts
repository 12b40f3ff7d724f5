import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MadeUpRun, madeUpRecord } from './made-up-record.ts';

/** Run folders `night-0` … below `dir`, each with the record of a night. */
export function madeUpRunFolders(dir: string, runs: readonly MadeUpRun[]): string[] {
  return runs.map((run) => {
    const folder = join(dir, `night-${run.night}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'run.json'), `${JSON.stringify(madeUpRecord(run), null, 1)}\n`);
    return folder;
  });
}

import { statfs } from 'node:fs/promises';
import {
  createHttpClient,
  type FetchEntry,
  type Fetched,
  type FetchTools,
  fetchEntry,
  fetchSubset,
  findEntry,
  formatBytes,
  nearestNames,
  systemTimers,
} from '../../datasets/fetch/index.ts';
import { EXIT, type ExitCode, ParityError, UsageError } from '../errors.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { silentWork, terminalWork } from '../terminal/work-progress.ts';
import { type PlaceFlags, placesOf } from './fetch-places.ts';
import { listAsJson, listAsText } from './list-entries.ts';
import { nextLine } from './next-line.ts';

export interface FetchFlags extends PlaceFlags {
  readonly list?: true;
  readonly keepArchives?: true;
  readonly json?: true;
  readonly quiet?: true;
}

/** `mlu-parity fetch`: the path of what was fetched on stdout, and on stderr how it went and what to run next. */
export async function fetchFromCommandLine(
  name: string | undefined,
  dir: string | undefined,
  flags: FetchFlags,
): Promise<ExitCode> {
  if (name === undefined || flags.list) {
    process.stdout.write(
      flags.json ? `${JSON.stringify(listAsJson(dir, flags), null, 1)}\n` : listAsText(dir, flags),
    );
    return EXIT.pass;
  }
  const entry = demandEntry(name);
  checkSubset(entry, flags);
  const fetched = await fetchWithTools(entry, dir, flags);
  const next = await nextLine(entry, fetched.path);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...fetched, next }, null, 1)}\n`);
    return EXIT.pass;
  }
  process.stdout.write(`${fetched.path}\n`);
  if (!flags.quiet) process.stderr.write(summary(fetched, next));
  return EXIT.pass;
}

async function fetchWithTools(
  entry: FetchEntry,
  dir: string | undefined,
  flags: FetchFlags,
): Promise<Fetched> {
  const places = placesOf(entry, dir, flags);
  const http = createHttpClient();
  const interrupt = interruptSignal();
  const observer = flags.quiet ? silentWork : terminalWork();
  const tools: FetchTools = { http, timers: systemTimers, freeBytes, observer, signal: interrupt.signal };
  try {
    const { split } = entry;
    if (flags.subset === undefined || split === undefined) {
      return await fetchEntry(entry, places, tools, { keepArchives: flags.keepArchives ?? false });
    }
    const choice = { count: flags.subset, seed: flags.seed ?? 0 };
    return await fetchSubset({ ...entry, split }, choice, places, tools);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    const message = 'interrupted by the user; what has come is kept, and the same command goes on from there';
    throw new ParityError(EXIT.interrupted, message, { cause: error });
  } finally {
    observer.stop();
    interrupt.release();
    await http.close();
  }
}

function demandEntry(name: string): FetchEntry {
  const entry = findEntry(name);
  if (entry) return entry;
  const near = nearestNames(name);
  const fix =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'mlu-parity fetch --list shows what there is';
  throw new UsageError(`cannot fetch ${JSON.stringify(name)}: there is nothing of this name; ${fix}`);
}

function checkSubset(entry: FetchEntry, { subset, seed }: FetchFlags): void {
  if (subset === undefined) {
    if (seed !== undefined)
      throw new UsageError('cannot use --seed alone: it chooses a subset; give --subset too');
    return;
  }
  if (entry.split === undefined) {
    throw new UsageError(
      `cannot fetch a subset of ${entry.name}: only coco-val2017 and coco-train2017 have pictures to choose from`,
    );
  }
  if (subset < 1) throw new UsageError(`cannot fetch a subset of ${subset} pictures: give a positive number`);
  if (seed !== undefined && (seed < 0 || seed >= 2 ** 32)) {
    throw new UsageError(`cannot use --seed ${seed}: give a whole number from 0 to ${2 ** 32 - 1}`);
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const CHECKED: Readonly<Record<Fetched['checked'], string>> = {
  'published-hash': 'checked against the published hash',
  'hash-when-fetched': 'checked against the hashes of when it was fetched',
  content: 'no hash is published: looked into',
};

function summary({ alreadyThere, bytes, files, sha256, checked, name }: Fetched, next: string): string {
  const what = files === 1 ? formatBytes(bytes) : `${files} files, ${formatBytes(bytes)}`;
  return `${name}: ${alreadyThere ? 'was there' : 'fetched'}, ${what}, ${CHECKED[checked]}\nSHA-256 ${sha256}\nnext: ${next}\n`;
}

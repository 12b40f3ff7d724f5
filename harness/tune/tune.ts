import { createRandom } from '../../reference/random.ts';
import type { TuneResult } from '../../reports/record/index.ts';
import { BackendError } from '../errors.ts';
import type { Progress } from '../terminal/progress.ts';
import { buildTuneResult } from './build-result.ts';
import { checkOutputs, type OutputStanding } from './check-outputs.ts';
import { type RaceOptions, race } from './race.ts';
import { newEntry, type RaceEntry } from './race-entry.ts';
import type { TuneSource } from './tune-source.ts';

export interface TuneSettings extends Omit<RaceOptions, 'random' | 'onLook'> {
  readonly seed: number;
  readonly network: TuneResult['network'];
  /** What was odd about the source's inputs. */
  readonly warnings: readonly string[];
  readonly progress: Progress;
}

/**
 * Holds the outputs of a source's points against each other, races the points and describes what came out. The source is
 * not closed.
 * @throws BackendError when no point runs.
 */
export async function tune(source: TuneSource, settings: TuneSettings): Promise<TuneResult> {
  const { seed, signal, progress } = settings;
  const entries = source.points.map(newEntry);
  const outputs = await checkOutputs(source, signal, progress);
  for (const entry of entries) takeOut(entry, outputs);
  const outcome = await race(source, entries, {
    ...settings,
    random: createRandom(seed),
    onLook: ({ rounds, racing, seconds }) =>
      progress.note(
        `round ${rounds}, ${seconds.toFixed(0)} of at most ${settings.maxSeconds} s: ${racing} of ${entries.length} points still in question`,
      ),
  });
  const out = entries.filter(({ state }) => state === 'failed' || state === 'other-outputs');
  if (out.length === entries.length) {
    throw new BackendError(
      `no point of ${source.describe().backend} can be tuned; the first: ${out[0]?.reason}`,
    );
  }
  // A generator of its own: the figures must not hang on how much the race has drawn.
  return buildTuneResult({
    ...settings,
    outcome,
    outputs,
    source: source.describe(),
    random: createRandom(seed),
  });
}

function takeOut(entry: RaceEntry, outputs: readonly OutputStanding[]): void {
  const { coreNumber, batch } = entry.point;
  const check = outputs.find((output) => output.coreNumber === coreNumber && output.batch === batch);
  if (check?.outcome === 'failed') entry.state = 'failed';
  else if (check?.outcome === 'other') entry.state = 'other-outputs';
  else return;
  entry.reason = check.reason;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunConfig } from '../../harness/config/run-config.ts';
import { createRandom } from '../../reference/random.ts';
import type { RunRecord } from '../../reports/index.ts';
import { scriptedAgent } from '../harness/device/support/scripted-agent.ts';
import { makeCocoFolder } from './make-coco-folder.ts';
import { runConfig } from './run-config.ts';
import { writeQuantizedRandom } from './write-quantized.ts';

const IMAGES = 4;
const FOR_EVER = 1000;
/** What an agent writes for an image, and before the first one. */
const OUTPUT_BYTES = 84 * 85 * 4 + 300;
const FIRST_BYTES = 1000;
/** Until an agent's first word, which damage to its length may hold up; then a request and its repetition, and the run itself. */
const LIMIT_SECONDS = 120 + 2 * 2 + 20;

/** What became of one run on a damaged connection. */
export interface CutOutcome {
  readonly fault: string;
  readonly exitCode: number;
  readonly images: number;
}

/**
 * Runs an agent whose connection is cut (its process killed) or has one bit flipped at a place drawn at random at its first start,
 * and in half of the runs at every later one too, before its first output is there, and holds each run to what a run promises: it ends in time, with 0 and every image or with 5 and a reason;
 * the other backend has all images; each image that it says it has is to the bit that of a sound connection; no process is left.
 */
export async function cutRuns(dir: string, count: number, seed: number): Promise<CutOutcome[]> {
  await makeCocoFolder(join(dir, 'coco'), IMAGES);
  await writeQuantizedRandom(join(dir, 'quantized.pt'), 'nano', 1);
  const sound = await runWith(dir, 'sound', 'none', 0);
  expect(sound.record).toMatchObject({ status: 'complete', verdict: { exitCode: 0 } });
  expect(onCard(sound.record)).toMatchObject({ failure: null, images: IMAGES });

  const random = createRandom(seed);
  const outcomes: CutOutcome[] = [];
  for (let run = 0; run < count; run++) {
    const kind = random.integer(2) === 0 ? 'cut' : 'flip';
    const [first, later] = [IMAGES * OUTPUT_BYTES, OUTPUT_BYTES].map((bytes) => {
      const place = random.integer(FIRST_BYTES + bytes);
      return kind === 'cut' ? place : 8 * place + random.integer(8);
    });
    const fault = `${kind}:${first},${later}`;
    const starts = random.integer(2) === 0 ? 1 : FOR_EVER;
    const where = `run ${run}: ${fault} at ${starts} starts`;
    const { record, folder, seconds, living } = await runWith(dir, `run-${run}`, fault, starts);
    const { exitCode } = record.verdict;
    expect(seconds, where).toBeLessThan(LIMIT_SECONDS);
    expect(living, where).toEqual([]);
    expect([0, 5], where).toContain(exitCode);
    const card = onCard(record);
    const images = card?.images ?? 0;
    if (exitCode === 0) expect([images, card?.failure], where).toEqual([IMAGES, null]);
    else expect(record.stoppedBy ?? card?.failure, where).toMatch(/agent/);
    // One that cannot be opened ends the run before it begins; one that fails on its way costs the others nothing.
    if (record.status === 'complete') expect(record.backends[0], where).toMatchObject({ images: IMAGES });
    for (let id = 1; id <= images; id++)
      expect(rawOf(folder, id).equals(rawOf(sound.folder, id)), `${where}, image ${id}`).toBe(true);
    outcomes.push({ fault, exitCode, images });
  }
  return outcomes;
}

async function runWith(dir: string, out: string, fault: string, faultyStarts: number) {
  const agent = scriptedAgent(fault, faultyStarts, {}, { classes: 80 });
  const config: RunConfig = {
    ...{ weights: 'random:yolox-nano?seed=1', size: 64, dataset: join(dir, 'coco') },
    backends: ['cpu-float', 'mlu-online'],
    quantized: { all: join(dir, 'quantized.pt') },
    ...{ agent: agent.options.command, agentTimeout: 2, latency: false, noiseFloorImages: 0, saveRaw: true },
    out: join(dir, out),
  };
  const begin = performance.now();
  const { record, folder } = await runConfig(config);
  const seconds = (performance.now() - begin) / 1000;
  return { record, folder, seconds, living: await agent.living() };
}

function onCard({ backends }: RunRecord): RunRecord['backends'][number] | undefined {
  return backends.find(({ name }) => name === 'mlu-online');
}

function rawOf(folder: string, id: number): Buffer {
  return readFileSync(join(folder, 'raw', 'mlu-online', `${id}.npy`));
}

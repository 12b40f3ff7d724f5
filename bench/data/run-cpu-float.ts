import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../harness/run/run.ts';
import { resolveRunOptions } from '../../harness/run/run-options.ts';
import type { CocoResult } from '../../reference/detections.ts';
import { NANO_WEIGHTS } from './nano.ts';

/**
 * `mlu-parity run` of YOLOX-nano with cpu-float alone, in this process.
 * @param onImage called after each image.
 * @returns its detections.
 */
export async function runCpuFloat(dataset: string, onImage: (done: number) => void): Promise<CocoResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mlu-parity-bench-'));
  try {
    const now = (): Date => new Date();
    const options = resolveRunOptions(
      {
        weights: NANO_WEIGHTS,
        dataset,
        backends: ['cpu-float'],
        latency: false,
        noiseFloorImages: 0,
        out: join(folder, 'run'),
      },
      now(),
    );
    let scoring = false;
    let done = 0;
    const progress = {
      start(label: string) {
        scoring = label === 'images';
      },
      advance() {
        if (scoring) onImage(++done);
      },
      stop() {
        scoring = false;
      },
      note() {},
    };
    await run(options, { progress, signal: new AbortController().signal, now });
    return JSON.parse(
      await readFile(join(folder, 'run', 'detections', 'cpu-float.json'), 'utf8'),
    ) as CocoResult[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

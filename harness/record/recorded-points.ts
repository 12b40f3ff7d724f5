import type { LatencyPoint } from '../../reports/record/index.ts';
import type { BackendDescription } from '../backends/backend.ts';
import { latencyPoint } from '../latency/latency-point.ts';
import { warmUpOf } from '../latency/point-timer.ts';
import { mismatchSentence, TimedOutputCheck } from '../latency/timed-output-check.ts';
import type { ReadRecording } from './read-recording.ts';
import { describeRecording } from './replay-backend.ts';

/**
 * Latency as it was recorded, at each core number of the recording and batch 1, summarised as a time taken here is. One output
 * of each core number is held against the scored one of the same image.
 * @param floorMs the least time that a device leaves an inference.
 */
export async function recordedPoints(
  recording: ReadRecording,
  floorMs: (description: BackendDescription, batch: number) => number | null,
): Promise<{ readonly points: LatencyPoint[]; readonly warnings: string[] }> {
  const points: LatencyPoint[] = [];
  const warnings: string[] = [...recording.failures];
  const scored = await recording.images[0]!.output();
  for (const { description: ofSession, coreNumber, output, ...recorded } of recording.latency) {
    const description = describeRecording(recording, ofSession);
    const check = new TimedOutputCheck([scored]);
    check.add(output, 1);
    const series = recorded.hostMs.map((host, at) => ({ host, device: recorded.deviceMs?.[at] }));
    const { length, settled } = warmUpOf(series);
    const steady = series.slice(length);
    const where = `${description.name} at core number ${coreNumber}`;
    if (steady.length === 0) {
      warnings.push(`${where}: ${series.length} recorded times are no more than a warm-up, and say nothing`);
      continue;
    }
    const point = latencyPoint(
      description,
      { coreNumber, batch: 1 },
      {
        warmUp: series.slice(0, length).map(({ host }) => host),
        host: steady.map(({ host }) => host),
        device: recorded.deviceMs === null ? null : recorded.deviceMs.slice(length),
        turns: 1,
        unsettledTurns: settled ? 0 : 1,
        singleTurn: false,
      },
      {
        output: check.agreement(),
        timerResolutionMs: null,
        floorMs: floorMs(description, 1),
        samplesAsked: null,
      },
    );
    const changing = recorded.sameOutputs ? null : 'not every timed output was bit-equal to the first';
    const odd = [mismatchSentence(check.agreement()), changing].filter((sentence) => sentence !== null);
    warnings.push(...odd.map((sentence) => `${where}: ${sentence}`));
    // None of its turns was taken here.
    points.push({ ...point, turns: 0, notes: changing === null ? point.notes : [...point.notes, changing] });
  }
  return { points, warnings };
}

import { availableParallelism, loadavg } from 'node:os';

/** Waiting work for this share of the threads before a measurement begins leaves too little of them to it. */
const BUSY_SHARE = 0.75;

/**
 * What to say of a machine that has other work: times, and a choice among them, hold only for what they were measured beside.
 * @param load processes that ran or waited, on average over the last minute, as before the measurement; 0 where the system
 *   does not tell.
 */
export function busyMachineWarnings(
  load: number = loadavg()[0]!,
  threads: number = availableParallelism(),
): string[] {
  if (load < BUSY_SHARE * threads) return [];
  return [
    `The machine was busy before the measurement began (load ${load.toFixed(1)} on ${threads} threads): times, and what is chosen by them, hold beside such other work and may differ on a quiet machine.`,
  ];
}

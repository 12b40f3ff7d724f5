/** Waiting work for this share of the threads before a measurement begins leaves too little of them to it. */
const BUSY_SHARE = 0.75;

/**
 * What to say of a machine that has other work: a choice among thread counts holds only for what it was measured beside.
 * @param load processes that ran or waited, on average over the last minute; 0 where the system does not tell.
 */
export function busyMachineWarnings(load: number, threads: number): string[] {
  if (load < BUSY_SHARE * threads) return [];
  return [
    `The machine was busy before the measurement began (load ${load.toFixed(1)} on ${threads} threads): the choice holds beside such other work, and may be another on a quiet machine.`,
  ];
}

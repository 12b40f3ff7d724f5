/** What is known of a card: enough for the least time that a network can take on it. */
export interface Card {
  readonly name: string;
  readonly cores: number;
  /** Clock in GHz that peaks are counted with. */
  readonly gigahertz: number;
  /** Operations of one core in one cycle on its matrix unit; a multiply–add counts as two. */
  readonly matrixOpsPerCycle: { readonly int8: number; readonly int16: number };
  /** The same of its vector unit, which does all that is no matrix product. */
  readonly vectorOpsPerCycle: { readonly float16: number; readonly float32: number };
  /** Of the card's memory, shared by all cores, in GB/s (10⁹ bytes). */
  readonly gigabytesPerSecond: number;
  /** Of the card's memory in GiB; null where no source says so. */
  readonly memoryGiB: number | null;
}

/**
 * The vendor's own figures where a comment does not say otherwise: operations per cycle, clock and bandwidth are those that
 * the operator library's performance tests count with (Cambricon/mlu-ops, executor.h). The clock is the 1 GHz of those tests;
 * real clocks are not published and may differ.
 */
export const CARDS = {
  mlu220: {
    name: 'MLU220',
    // One cluster of four.
    cores: 4,
    gigahertz: 1,
    // The formula gives 16.4 TOPS in int8, while the edge module is sold with 16 and the M.2 module with 8: its real clock is not known.
    matrixOpsPerCycle: { int8: 4096, int16: 2048 },
    vectorOpsPerCycle: { float16: 64, float32: 32 },
    gigabytesPerSecond: 25.6,
    memoryGiB: null,
  },
  mlu270: {
    name: 'MLU270',
    // Four clusters of four.
    cores: 16,
    gigahertz: 1,
    // 131 TOPS in int8 by formula, sold with 128; a published convolution test reached 118 (third party), 90 % of it.
    matrixOpsPerCycle: { int8: 8192, int16: 4096 },
    vectorOpsPerCycle: { float16: 64, float32: 32 },
    gigabytesPerSecond: 102.4,
    // DDR4 with ECC, 256 bits wide; S4 and F4 (third-party card descriptions).
    memoryGiB: 16,
  },
  mlu290: {
    name: 'MLU290',
    cores: 64,
    gigahertz: 1,
    // 524 TOPS in int8 by formula, sold with 512.
    matrixOpsPerCycle: { int8: 8192, int16: 4096 },
    vectorOpsPerCycle: { float16: 64, float32: 32 },
    // The tests count with 1024; sold with 1228.
    gigabytesPerSecond: 1024,
    // HBM2 (third-party card descriptions).
    memoryGiB: 32,
  },
} as const satisfies Record<string, Card>;

export type CardName = keyof typeof CARDS;

/** The card that a device's description names (`MLU270-S4, CNRT 4.10`); null where it names none of them. */
export function cardNamedIn(device: string): Card | null {
  return Object.values(CARDS).find(({ name }) => device.toUpperCase().includes(name)) ?? null;
}

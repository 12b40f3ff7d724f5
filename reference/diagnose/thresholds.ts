/*
 * When a mistake is named. All are relative to what else could explain the numbers, since a healthy int8 output is itself
 * off by a quarter of a cell and by 15 % of a size. Beside each: what was measured on YOLOX-nano and 50 pictures, an
 * image alone, int8 being the worst of the healthy ones.
 */

/** Rank correlation that an uncommon placement of the rows needs. Healthy int8 ≥ 0.59; wrong placements ≤ 0.48. */
export const PLACEMENT_LEAST = 0.5;
/** By how much it must exceed the common placement's. Right over wrong in int8: ≥ 0.28. */
export const PLACEMENT_MARGIN = 0.2;

/** Cells that centres must be off by in the median, read as raw and as decoded. Healthy int8 ≤ 0.4; another input ≤ 1. */
export const CENTRES_LEAST = 1.2;
/** The same of sizes, in logarithms. Healthy int8 ≤ 0.3. A missing stride is at least 1 off, either way. */
export const SIZES_LEAST = 0.5;
/** Share of its error that another form must leave at most. */
export const FORM_RATIO = 0.4;

/** Share of values outside 0 … 1 that make logits of them; most are background, far below 0. */
export const LOGITS_LEAST = 0.5;
/** Share of values between σ(0) and σ(1) that a second sigmoid leaves; all of them, but for a device's rounding. */
export const DOUBLED_LEAST = 0.98;
/** Share of its error that undoing the sigmoid must leave at most. */
export const SIGMOID_RATIO = 0.5;

/**
 * Share of its distance that another input must leave at most: float and int16 ≤ 0.21 where it was given, healthy int8
 * ≥ 0.73.
 */
export const INPUT_RATIO = 0.6;
/** Distance below which there is nothing to explain: float engines differ by 1e-11, int16 by 1e-5. */
export const UNEXPLAINED_LEAST = 1e-6;

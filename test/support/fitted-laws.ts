/**
 * What YOLOX-nano (416, confidence 0.001, NMS 0.65) and its ports really do on 50 images of COCO's val2017 with 377 objects
 * that are not crowds, as quantiles. A hit is a detection that is right at an IoU of 0.5, a score is given as its logit.
 */

/** Where the quantiles of a `Law` are taken. */
export const LEVELS = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1] as const;
export type Law = readonly number[];

/** Where those of a size that spans decades are taken, its sign left out. */
export const MAGNITUDE_LEVELS = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1] as const;

export const CATEGORIES_PER_IMAGE: Law = [0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 11];
/** Objects of a category in an image that has one. */
export const OBJECTS: Law = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 9, 12, 13, 13];

/** By small, medium, large: share of one object alone, of one among two or three, of one among more. */
export const SIZES = [
  [0.19, 0.32, 0.49],
  [0.35, 0.32, 0.33],
  [0.61, 0.31, 0.08],
] as const;

/** By size of the object. */
export const FOUND_SHARE = [0.535, 0.857, 0.945] as const;
export const HIT_LOGITS: readonly Law[] = [
  [-6.7, -6.01, -5.22, -4.48, -3.12, -2.71, -2.21, -1.61, -1.27, -0.75, -0.39, 0.18, 0.66, 0.94, 1.01],
  [-6.25, -5, -4.9, -3.91, -2.6, -1.46, -0.64, -0.13, 0.53, 0.87, 1.31, 1.57, 1.8, 2.09, 2.74],
  [-6.35, -5.03, -4.9, -2.29, -1.28, -0.24, 0.48, 0.96, 1.4, 1.62, 2.01, 2.29, 2.55, 2.89, 3.34],
];
export const HIT_IOUS: readonly Law[] = [
  [0.5, 0.512, 0.518, 0.529, 0.56, 0.592, 0.613, 0.647, 0.687, 0.716, 0.766, 0.833, 0.878, 0.906, 0.946],
  [0.507, 0.51, 0.577, 0.601, 0.686, 0.706, 0.778, 0.806, 0.832, 0.86, 0.878, 0.895, 0.917, 0.943, 0.951],
  [0.522, 0.559, 0.58, 0.625, 0.703, 0.776, 0.828, 0.881, 0.898, 0.916, 0.923, 0.94, 0.954, 0.958, 0.961],
];
/** Correlation of a hit's score with its IoU, by size. */
export const SCORE_WITH_IOU = [0.16, 0.42, 0.49] as const;

/** False alarms with a score of 0.01 or more of a category that has objects in the image; 48 an image with the others'. */
export const ALARMS_OF_PRESENT: Law = [0, 0, 0, 0, 0, 1, 2, 4, 5, 9, 13, 31, 48, 72, 169];
/** Rank correlation with the number of objects. */
export const ALARMS_WITH_OBJECTS = 0.52;
export const PRESENT_ALARM_LOGITS: Law = [
  -4.6, -4.57, -4.51, -4.41, -4.21, -3.97, -3.73, -3.42, -3.11, -2.74, -2.28, -1.61, -1.04, -0.53, 1.73,
];
/** Categories without an object that have false alarms in an image, and how many each. */
export const ABSENT_CLUSTERS: Law = [0, 0, 0, 1, 2, 2, 3, 4, 4, 6, 8, 9, 12, 12, 13];
export const ALARMS_OF_ABSENT: Law = [1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 5, 7, 11, 14, 157];
export const ABSENT_ALARM_LOGITS: Law = [
  -4.59, -4.56, -4.51, -4.42, -4.25, -4.09, -3.91, -3.67, -3.38, -3.04, -2.64, -1.96, -0.97, -0.08, 2,
];
export const ALARM_SIZES = [0.32, 0.5, 0.18] as const;

/** Share of the variance of the logits that images have in common, and the false alarms of one category in an image. */
export const COMMON_TO_IMAGE = 0.1;

/** int16 against float: how far the logit of a hit moves, its IoU, and the logit of a false alarm. */
export const INT16_HIT_LOGIT: Law = [0.0001, 0.0034, 0.0078, 0.0196, 0.0398, 0.0621, 0.1751, 0.48, 3.42];
export const INT16_HIT_IOU: Law = [0.00001, 0.0003, 0.0006, 0.0015, 0.0044, 0.009, 0.0323, 0.05, 0.2];
export const INT16_ALARM_LOGIT: Law = [0.0001, 0.0043, 0.0104, 0.0232, 0.048, 0.0794, 0.1475, 0.3, 4.84];

/** int8, calibrated on eight images, against float, with sign. */
export const INT8_HIT_LOGIT: Law = [
  -7.85, -5.82, -5.51, -4.61, -3.61, -2.49, -1.85, -1.5, -1.17, -0.81, -0.37, -0.03, 0.37, 1.17, 8.04,
];
export const INT8_HIT_IOU: Law = [
  -0.41, -0.347, -0.281, -0.202, -0.159, -0.118, -0.08, -0.048, -0.028, -0.006, 0.021, 0.065, 0.121, 0.152,
  0.325,
];
export const INT8_ALARM_LOGIT: Law = [
  -7.14, -4.49, -3.89, -3.14, -2.53, -2.12, -1.7, -1.35, -0.98, -0.6, -0.17, 0.49, 1.01, 1.91, 4.54,
];
/** Share of the hits and of the false alarms that int8 loses whole. */
export const INT8_LOST_HITS = 0.38;
export const INT8_LOST_ALARMS = 0.56;
/** Share of the variance of the logit's move that images have in common. */
export const INT8_COMMON_TO_IMAGE = 0.29;

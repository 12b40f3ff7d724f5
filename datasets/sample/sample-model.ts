import { SCENE_CATEGORIES } from '../scenes/index.ts';

/** What is known of the weights of `sampleWeightsPath`, wherever a copy of them lies. */
export const SAMPLE_MODEL = {
  /** Of the file. */
  sha256: '75f4b0a12b4900f62a200c3b3a17d4db1bd4c7859cde8ccbf5340c1f64858772',
  /** Side of the input that they were trained at, in pixels. */
  size: 224,
  /** By class index. */
  classNames: SCENE_CATEGORIES.map(({ name }) => name),
} as const;

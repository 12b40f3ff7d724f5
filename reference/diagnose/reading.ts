import type { LevelOrder } from './level-orders.ts';

/** How centres are written: from nothing done to `(xy + grid) · stride`. */
export type CentreForm =
  | 'raw'
  | 'decoded'
  /** `xy + grid`: cells, not pixels. */
  | 'stride-missing'
  /** `xy · stride`. */
  | 'grid-missing'
  /** `(xy + [row, column]) · stride`. */
  | 'grids-swapped'
  /** Columns and rows of a grid laid out column by column: as `grids-swapped` on a square input only. */
  | 'grids-transposed';

/** How sizes are written: from nothing done to `exp(wh) · stride`. */
export type SizeForm =
  | 'raw'
  | 'decoded'
  /** `exp(wh)`. */
  | 'stride-missing'
  /** `wh · stride`. */
  | 'exp-missing';

/** How often a sigmoid was applied to objectness or class confidences. */
export type SigmoidForm = 'once' | 'missing' | 'doubled';

export type MemoryLayout =
  /** `[anchors][channels]`, as YOLOX has it. */
  | 'anchor-major'
  /** `[channels][anchors]`, as an offline model hands it over. */
  | 'channel-major';

/** Where the rows of an output lie in memory. */
export interface RowPlacement {
  readonly layout: MemoryLayout;
  /** In which the outputs of the levels follow each other. */
  readonly levelOrder: LevelOrder;
}

/** Everything that has to be known of an output to make YOLOX's own decoded output of it. */
export interface OutputReading extends RowPlacement {
  readonly centres: CentreForm;
  readonly sizes: SizeForm;
  /** In which the grids and strides followed each other that centres and sizes were decoded with. */
  readonly gridOrder: LevelOrder;
  readonly objectness: SigmoidForm;
  readonly classes: SigmoidForm;
}

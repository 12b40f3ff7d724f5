import type { OutputReading } from './reading.ts';

/** The words are stable: records and pages are made from them. */
export type OutputFindingCode =
  | 'not-decoded'
  | 'already-decoded'
  | 'only-xy-decoded'
  | 'only-wh-decoded'
  | 'stride-missing-xy'
  | 'grid-missing-xy'
  | 'grids-swapped'
  | 'grids-reordered'
  | 'exp-without-stride'
  | 'exp-missing'
  | 'levels-reordered'
  | 'obj-sigmoid-missing'
  | 'obj-sigmoid-doubled'
  | 'cls-sigmoid-missing'
  | 'cls-sigmoid-doubled'
  | 'channel-major'
  | 'channels-swapped'
  | 'input-divided-by-255'
  | 'input-legacy-normalised'
  | 'input-not-normalised'
  | 'letterbox-centred'
  | 'constant-output'
  | 'not-finite';

/** What speaks for a finding; figures of the anchors where the reference is most certain of an object. */
export interface FindingEvidence {
  /** What the two errors are, e.g. `median error of box centres`. */
  readonly measure: string;
  /** `px`, or empty for a bare number. */
  readonly unit: string;
  /** With the output taken as it is described. Capped at a million pixels. */
  readonly errorBefore: number;
  /** With the mistake undone; null where nothing can undo it. */
  readonly errorAfter: number | null;
  readonly images: number;
}

/** One mistake that the numbers of an output show. */
export interface OutputFinding {
  readonly code: OutputFindingCode;
  /** The mistake and its evidence in one sentence. */
  readonly sentence: string;
  readonly evidence: FindingEvidence;
  /** Where in a port to look, and what should stand there. */
  readonly portLine: string;
  /**
   * Whether `rereadOutput` makes the right output of this one; otherwise the port has to run again with another input, or
   * its numbers are lost.
   */
  readonly undoable: boolean;
}

export interface OutputDiagnosis {
  /** Whether anything was done to the boxes, whatever the backend says of itself. */
  readonly state: 'raw' | 'decoded';
  /** Nothing was found. */
  readonly healthy: boolean;
  /** What makes others meaningless comes first: lost numbers, then the input, the place in memory, boxes, sigmoids. */
  readonly findings: readonly OutputFinding[];
  /** For `rereadOutput`. */
  readonly reading: OutputReading;
  /**
   * Root mean square distance from the reference that is left once the output is read as `reading` says, and, where another
   * input explains it better, what is left under that input; 0 … 1.7, 0 where no image could be compared.
   */
  readonly residual: number;
  /** Images that could be compared. */
  readonly images: number;
}

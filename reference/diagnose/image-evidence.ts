import type { OutputGroup } from './constant-groups.ts';
import type { InputMistake } from './input-hypotheses.ts';
import { type LevelOrder, type OrderTable, tableOf } from './level-orders.ts';
import type { CentreForm, SizeForm } from './reading.ts';
import type { BoxScore, FormError } from './score-boxes.ts';
import type { ImageScores } from './score-image.ts';
import type { SigmoidScore } from './score-sigmoid.ts';

/**
 * What one image's output says of what was done to it: a few figures, plain, so that they can be kept in a file and be taken
 * into account by another process. It depends on that image alone; what several say together is for `OutputDiagnoser`.
 */
export interface ImageEvidence {
  readonly channels: number;
  /** Numbers that are NaN or infinite; where there is one, nothing else is known of the image. */
  readonly notFinite: number;
  /** Null where a number is not finite. */
  readonly scores: KeptScores | null;
  /** From the reference's output, under what this image alone is taken for; 0 where there are no scores. */
  readonly distance: number;
  /** Distances from the reference's outputs on other inputs; empty where nobody asked for them. */
  readonly inputs: readonly InputDistance[];
}

/** How far one image's output is from the reference's output on another input, and on the right one. */
export interface InputDistance {
  readonly mistake: InputMistake;
  readonly altered: number;
  readonly right: number;
}

/** `ImageScores`, with orders of levels in the place of their tables. */
export interface KeptScores {
  readonly agreements: readonly number[];
  readonly placed: readonly {
    readonly index: number;
    readonly centres: readonly KeptBoxScore<CentreForm>[];
    readonly sizes: readonly KeptBoxScore<SizeForm>[];
    readonly objectness: SigmoidScore;
    readonly classes: SigmoidScore;
  }[];
  readonly constant: readonly OutputGroup[];
  readonly anchors: number;
}

export interface KeptBoxScore<Form> {
  readonly form: Form;
  readonly order: LevelOrder;
  readonly error: FormError;
}

export function keepScores({ agreements, placed, constant, anchors }: ImageScores): KeptScores {
  const keep = <Form>(scores: readonly BoxScore<Form>[]): KeptBoxScore<Form>[] =>
    scores.map(({ form, order: { order }, error }) => ({ form, order, error }));
  return {
    ...{ agreements, constant, anchors },
    placed: [...placed].map(([index, { centres, sizes, ...sigmoids }]) => ({
      ...{ index, centres: keep(centres), sizes: keep(sizes), ...sigmoids },
    })),
  };
}

/** @param tables of the input size that the scores are of. */
export function restoreScores(kept: KeptScores, tables: readonly OrderTable[]): ImageScores {
  const restore = <Form>(scores: readonly KeptBoxScore<Form>[]): BoxScore<Form>[] =>
    scores.map(({ form, order, error }) => ({ form, order: tableOf(tables, order), error }));
  const { agreements, constant, anchors } = kept;
  const placed = kept.placed.map(
    ({ index, centres, sizes, ...sigmoids }) =>
      [index, { centres: restore(centres), sizes: restore(sizes), ...sigmoids }] as const,
  );
  return { agreements, constant, anchors, placed: new Map(placed) };
}

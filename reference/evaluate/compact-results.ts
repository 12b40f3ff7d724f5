import type { CocoResult } from '../detections.ts';

/** COCO results by place, as evaluation reads them; an array of them is one. */
export interface ResultList {
  readonly length: number;
  at(index: number): CocoResult | undefined;
}

/** Entries of one piece: large enough to be cheap, small enough that the last one wastes little. */
const PIECE = 1 << 14;

interface Piece {
  /** xywh, stride 4. */
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly imageIds: Float64Array;
  readonly categoryIds: Float64Array;
}

/**
 * COCO results in columns: 36 bytes each, where an array of objects takes four times that, and a run over thousands of
 * images holds a few hundred thousand of them for each backend.
 */
export class CompactResults implements ResultList {
  readonly #pieces: Piece[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /**
   * @param results with boxes and scores that are float32 values, as `toCocoResults` gives them.
   * @throws RangeError for any other number, of which a float32 column would keep another value.
   */
  push(results: readonly CocoResult[]): void {
    for (const { image_id, category_id, bbox, score } of results) {
      if (![...bbox, score].every((value) => Object.is(Math.fround(value), value))) {
        throw new RangeError(
          `cannot keep a result of image ${image_id}: bbox [${bbox.join(', ')}] and score ${score} must be float32 values`,
        );
      }
      const place = this.#length % PIECE;
      if (place === 0) this.#pieces.push(emptyPiece());
      const { boxes, scores, imageIds, categoryIds } = this.#pieces.at(-1)!;
      boxes.set(bbox, 4 * place);
      scores[place] = score;
      imageIds[place] = image_id;
      categoryIds[place] = category_id;
      this.#length++;
    }
  }

  /** The result at a place from 0; undefined beyond the last. */
  at(index: number): CocoResult | undefined {
    if (!(index >= 0 && index < this.#length)) return undefined;
    const { boxes, scores, imageIds, categoryIds } = this.#pieces[Math.floor(index / PIECE)]!;
    const place = index % PIECE;
    return {
      image_id: imageIds[place]!,
      category_id: categoryIds[place]!,
      bbox: [boxes[4 * place]!, boxes[4 * place + 1]!, boxes[4 * place + 2]!, boxes[4 * place + 3]!],
      score: scores[place]!,
    };
  }
}

function emptyPiece(): Piece {
  return {
    boxes: new Float32Array(4 * PIECE),
    scores: new Float32Array(PIECE),
    imageIds: new Float64Array(PIECE),
    categoryIds: new Float64Array(PIECE),
  };
}

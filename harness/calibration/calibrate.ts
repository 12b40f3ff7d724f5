import { calibrationTaps, foldBatchNorm, type Graph, tapLayers } from '../../reference/network/index.ts';
import { MagnitudeHistogram, RangeCalibrator, type RangeMerge } from '../../reference/quantize/index.ts';
import type { Tensor } from '../../reference/tensor.ts';
import type { Engine, Session } from '../engines/engine.ts';
import { BadDataError } from '../errors.ts';

export type CalibrationMethod =
  /** Largest magnitude over all passes times `headroom`; what MLU PyTorch does, whose merge may also be its average. */
  | { readonly kind: 'absmax'; readonly headroom?: number; readonly merge?: RangeMerge }
  /** The magnitude that this percentage of all values does not exceed; takes the whole activations, so it is slower. */
  | { readonly kind: 'percentile'; readonly percentile: number };

export interface CalibrationOptions {
  /** The float network as the weights give it; batch norm may be folded or not. */
  readonly graph: Graph;
  /** Letterboxed pixels, one forward pass each. */
  readonly inputs: AsyncIterable<Tensor> | Iterable<Tensor>;
  readonly engine: Engine;
  readonly method: CalibrationMethod;
  readonly threads: number;
}

/**
 * Absmax of the input of every convolution that will be quantised, by module path: what `scalesFromCalibration` takes.
 * Runs the float network, as the observers of MLU PyTorch's quantiser do on the CPU.
 * @throws BadDataError when there are no inputs or the network gives NaN or an infinity on one; RangeError for a headroom
 * or percentile out of its range.
 */
export async function calibrate(options: CalibrationOptions): Promise<Map<string, number>> {
  const { graph, engine, method, threads, inputs } = options;
  const taps = calibrationTaps(graph);
  const values = [...new Set(taps.values())];
  const observers: Observer =
    method.kind === 'absmax' ? new AbsmaxObserver(values, method) : new PercentileObserver(values, method);
  const folded = foldBatchNorm(graph);
  const session = await engine.open(observers.prepare(folded), { threads, ...observers.sessionOptions });
  try {
    let passes = 0;
    for await (const input of inputs) {
      const outputs = await session.run(input);
      passes++;
      if (!outputs[0].data.every(Number.isFinite)) {
        throw new BadDataError(
          `cannot calibrate ${graph.name}: its output on calibration image ${passes} is not finite; check the weights`,
        );
      }
      observers.observe(session, outputs.slice(folded.outputs.length));
    }
    if (passes === 0) throw new BadDataError(`cannot calibrate ${graph.name}: there are no images`);
  } finally {
    await session.close();
  }
  return new Map([...taps].map(([layer, value]) => [layer, observers.absmax(value)]));
}

interface Observer {
  readonly sessionOptions: { readonly observedValues?: readonly string[] };
  prepare(graph: Graph): Graph;
  /** @param taps outputs that `prepare` added */
  observe(session: Session, taps: readonly Tensor[]): void;
  absmax(value: string): number;
}

/** Ranges are taken where the values are; nothing but two numbers a value is copied. */
class AbsmaxObserver implements Observer {
  readonly sessionOptions: { readonly observedValues: readonly string[] };
  readonly #calibrators: ReadonlyMap<string, RangeCalibrator>;

  constructor(values: readonly string[], method: Extract<CalibrationMethod, { kind: 'absmax' }>) {
    this.sessionOptions = { observedValues: values };
    this.#calibrators = new Map(
      values.map((value) => [value, new RangeCalibrator(method.merge, method.headroom)]),
    );
  }
  prepare(graph: Graph): Graph {
    return graph;
  }
  observe(session: Session): void {
    for (const [value, range] of session.observedRanges()) this.#calibrators.get(value)!.observe(range);
  }
  absmax(value: string): number {
    return this.#calibrators.get(value)!.absmax();
  }
}

class PercentileObserver implements Observer {
  readonly sessionOptions = {};
  readonly #histograms: ReadonlyMap<string, MagnitudeHistogram>;
  readonly #percentile: number;
  #tapped: readonly string[] = [];

  constructor(values: readonly string[], { percentile }: Extract<CalibrationMethod, { kind: 'percentile' }>) {
    this.#histograms = new Map(values.map((value) => [value, new MagnitudeHistogram()]));
    this.#percentile = percentile;
    // Before any image is run, not after all of them.
    new MagnitudeHistogram().percentile(percentile);
  }
  prepare(graph: Graph): Graph {
    const tapped = tapLayers(graph, this.#histograms.keys());
    this.#tapped = tapped.outputs.slice(graph.outputs.length);
    return tapped;
  }
  observe(_session: Session, taps: readonly Tensor[]): void {
    this.#tapped.forEach((value, i) => {
      this.#histograms.get(value)!.observe(taps[i].data);
    });
  }
  absmax(value: string): number {
    return this.#histograms.get(value)!.percentile(this.#percentile);
  }
}

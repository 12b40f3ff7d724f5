/** How the convolutions of a network hang together, whatever stands between them. */
export interface Wiring<T> {
  readonly convolutions: readonly WiredConvolution<T>[];
  /** What the network's outputs are computed from, in the order in which they are joined. */
  readonly outputs: readonly Source[];
}

export interface WiredConvolution<T> {
  readonly convolution: T;
  readonly sources: readonly Source[];
}

/** Index of a convolution, or the network's input. */
export type Source = number | typeof NETWORK_INPUT;

export const NETWORK_INPUT = -1;

/** A step from values to a value: a convolution, or anything that hands on what it gets. */
export interface Step<T> {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly convolution?: T;
}

const MAX_SOURCES = 512;

/**
 * Finds for each convolution the convolutions whose results reach it without another one between, each once, in the
 * order in which they are joined. Values without a convolution or the input behind them (constants, shapes) count as
 * nothing. Steps come in topological order.
 * @throws RangeError when a value is joined from more convolutions than any detector has.
 */
export function traceWiring<T>(
  steps: Iterable<Step<T>>,
  input: string,
  outputs: readonly string[],
): Wiring<T> {
  const sources = new Map<string, readonly Source[]>([[input, [NETWORK_INPUT]]]);
  const convolutions: WiredConvolution<T>[] = [];
  for (const step of steps) {
    let reached = union(step.inputs, sources);
    if (step.convolution !== undefined) {
      convolutions.push({ convolution: step.convolution, sources: reached });
      reached = [convolutions.length - 1];
    }
    if (reached.length > 0) for (const output of step.outputs) sources.set(output, reached);
  }
  return { convolutions, outputs: union(outputs, sources) };
}

function union(
  values: readonly string[],
  sources: ReadonlyMap<string, readonly Source[]>,
): readonly Source[] {
  const known = values.map((value) => sources.get(value)).filter((list) => list !== undefined);
  if (known.length < 2 || known.every((list) => list === known[0])) return known[0] ?? [];
  const joined = new Set<Source>();
  for (const list of known) for (const source of list) joined.add(source);
  if (joined.size > MAX_SOURCES)
    throw new RangeError(`joins the results of over ${MAX_SOURCES} convolutions`);
  return [...joined];
}

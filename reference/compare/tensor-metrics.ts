/** Which way a figure is good: smaller, greater, or near a value. */
export type MetricDirection =
  | { readonly better: 'lower' }
  | { readonly better: 'higher' }
  | { readonly better: 'near'; readonly target: number };

export interface TensorMetric {
  /** Key of the figure in a compared `TensorDiff`. */
  readonly key: TensorMetricKey;
  /** What a table or a chart calls it. */
  readonly name: string;
  /** `` for a pure number; `tensor` for the unit of the values compared. */
  readonly unit: '' | 'dB' | 'tensor';
  readonly direction: MetricDirection;
}

export type TensorMetricKey =
  | 'maxAbs'
  | 'maxRel'
  | 'meanAbs'
  | 'rms'
  | 'meanSigned'
  | 'diff1'
  | 'diff2'
  | 'diff3'
  | 'diff4'
  | 'cosine'
  | 'sqnr'
  | 'requiredAtol';

const lower = { better: 'lower' } as const;
const higher = { better: 'higher' } as const;

/** Every figure of a tensor comparison, in the order in which it is printed, stored and drawn. */
export const TENSOR_METRICS: readonly TensorMetric[] = [
  { key: 'maxAbs', name: 'max abs', unit: 'tensor', direction: lower },
  { key: 'maxRel', name: 'max rel', unit: '', direction: lower },
  { key: 'meanAbs', name: 'mean abs', unit: 'tensor', direction: lower },
  { key: 'rms', name: 'RMS', unit: 'tensor', direction: lower },
  { key: 'meanSigned', name: 'mean signed', unit: 'tensor', direction: { better: 'near', target: 0 } },
  { key: 'diff1', name: 'diff1', unit: '', direction: lower },
  { key: 'diff2', name: 'diff2', unit: '', direction: lower },
  { key: 'diff3', name: 'diff3', unit: '', direction: lower },
  { key: 'diff4', name: 'diff4', unit: '', direction: { better: 'near', target: 0.5 } },
  { key: 'cosine', name: 'cosine', unit: '', direction: higher },
  { key: 'sqnr', name: 'SQNR', unit: 'dB', direction: higher },
  { key: 'requiredAtol', name: 'required atol', unit: 'tensor', direction: lower },
];

/** What can be wrong with a scale. The words are stable: reports and exit codes are made from them. */
export type QuantizationProblem =
  /** Calibration saw only zeros (or the weights are all zero): the vendor's quantiser stores 1. */
  | 'absmax-zero'
  /** NaN or an infinity was seen, or no forward pass took place. */
  | 'absmax-not-finite'
  /** `qmax / absmax` does not fit a float32. */
  | 'absmax-too-small'
  | 'scale-missing'
  | 'scale-malformed'
  | 'scale-not-positive'
  /** An input scale of exactly 1: saved before any forward pass. */
  | 'never-calibrated'
  | 'mode-missing'
  | 'mode-unknown'
  | 'modes-mixed'
  /** The saved weight scale is not `float32(qmax / absmax(weight))`: weights changed after quantisation, or other bits. */
  | 'weight-scale-differs'
  | 'weight-missing';

/** One thing that is wrong with, or worth knowing of, a quantisation; data, not an exception. */
export interface QuantizationFinding {
  readonly problem: QuantizationProblem;
  /** Module path, or the empty string where the finding concerns the whole network. */
  readonly module: string;
  /** One sentence with the values. */
  readonly message: string;
}

/** `error`: the file is not what it should be. `warning`: it may be meant so. `note`: good to know. */
export type Severity = 'error' | 'warning' | 'note';

export interface LintRule {
  readonly severity: Severity;
  /** What to do, as half a sentence. */
  readonly fix: string;
}

const QUANTISE_AGAIN = 'quantise the float weights again with gen_quant=True and save the state dict';
const CALIBRATE_AGAIN = 'run at least one image through the model before its state dict is saved';
const EXPORT_AGAIN = 'export the offline model again from this checkpoint';

/** Every finding that lint knows, with its weight and its remedy. The codes are stable. */
export const LINT_RULES = {
  // A quantised checkpoint, of any network.
  'not-quantized': { severity: 'error', fix: QUANTISE_AGAIN },
  'zip-format': {
    severity: 'warning',
    fix: 'write it in the legacy format: mlu-parity convert IN OUT.pt',
  },
  'scale-missing': { severity: 'error', fix: QUANTISE_AGAIN },
  'scale-malformed': { severity: 'error', fix: QUANTISE_AGAIN },
  'scale-not-positive': { severity: 'error', fix: CALIBRATE_AGAIN },
  'never-calibrated': { severity: 'error', fix: CALIBRATE_AGAIN },
  'mode-missing': { severity: 'error', fix: QUANTISE_AGAIN },
  'mode-unknown': { severity: 'error', fix: QUANTISE_AGAIN },
  'modes-mixed': {
    severity: 'warning',
    fix: 'give --bits 16 or --bits 8 to make it an error, or leave it where mixed_layer was meant',
  },
  'bits-differ': {
    severity: 'error',
    fix: "give the quantiser a qconfig_spec: dtype='int16' alone is ignored without one",
  },
  'weight-missing': { severity: 'error', fix: QUANTISE_AGAIN },
  'weight-not-finite': { severity: 'error', fix: 'take another checkpoint: training or conversion failed' },
  'weight-scale-differs': {
    severity: 'error',
    fix: 'quantise again: the weights were changed after the quantiser had run, or it ran with other bits',
  },
  'absmax-zero': {
    severity: 'warning',
    fix: 'see that training did not lose the layer: its weights are all zero',
  },
  'absmax-not-finite': { severity: 'error', fix: QUANTISE_AGAIN },
  'absmax-too-small': { severity: 'error', fix: QUANTISE_AGAIN },
  'firstconv-channels': {
    severity: 'error',
    fix: "quantise with 'firstconv': False: only a layer that reads the picture itself can subtract its mean",
  },
  'weights-differ': {
    severity: 'error',
    fix: 'quantise these float weights again, or give those that the checkpoint was made of',
  },
  // A quantised YOLOX.
  'key-missing': { severity: 'error', fix: 'save the whole state dict of the model' },
  'key-shape': { severity: 'error', fix: 'give the variant that the weights are of' },
  'key-type': { severity: 'error', fix: 'save the float32 weights, after model.float()' },
  'key-extra': {
    severity: 'warning',
    fix: 'build the model that is saved from the official source, or leave it where nothing uses the entry',
  },
  'stem-scale-low': {
    severity: 'warning',
    fix: 'feed pictures as they are, 0 to 255, while calibrating; leave it where headroom (data_scale) was meant',
  },
  'stem-scale-high': {
    severity: 'warning',
    fix: 'calibrate on a picture that has a white pixel',
  },
  'stem-not-0-255': {
    severity: 'error',
    fix: 'calibrate with the preprocessing of the detector: raw pixels 0 to 255, padded with 114 (--legacy for weights from before YOLOX 0.1.1)',
  },
  'shared-input-differs': {
    severity: 'warning',
    fix: 'calibrate again: layers that read one and the same tensor get one and the same input scale',
  },
  saturates: {
    severity: 'warning',
    fix: 'calibrate on more images, or with headroom (data_scale)',
  },
  // An offline model and its twins.
  'twins-missing': { severity: 'note', fix: 'keep X.cambricon_twins beside X.cambricon' },
  'twins-renamed': { severity: 'note', fix: 'see that the twins belong to this model' },
  'twins-differ': { severity: 'error', fix: 'take the twins that were written with this model' },
  'core-number-differs': { severity: 'error', fix: 'export again after ct.set_core_number' },
  'core-number-impossible': { severity: 'error', fix: 'export again: an MLU270 has 16 cores, an MLU220 4' },
  'dim-order': { severity: 'error', fix: 'export again: offline models take and give NHWC' },
  'input-shape': { severity: 'error', fix: 'export again with an example input of that size' },
  'output-shape': {
    severity: 'error',
    fix: 'export again with the head of this variant, its levels concatenated to one output',
  },
  'batch-differs': { severity: 'error', fix: 'export again with one batch size' },
  'descriptors-unknown': {
    severity: 'warning',
    fix: 'see that the file is complete; a file of another version cannot be read here',
  },
  // A checkpoint and an offline model.
  'weights-not-in-model': { severity: 'error', fix: EXPORT_AGAIN },
  'bias-not-in-model': { severity: 'error', fix: EXPORT_AGAIN },
  'input-scale-differs': { severity: 'error', fix: EXPORT_AGAIN },
  'layout-unknown': {
    severity: 'note',
    fix: 'see that it is a model of this network; other layouts than that of int8 with core number 1 have not been seen',
  },
  'layout-unconfirmed': { severity: 'note', fix: 'trust a match, and doubt a difference' },
} as const satisfies Record<string, LintRule>;

export type LintCode = keyof typeof LINT_RULES;

/** One thing that is wrong with a file, or worth knowing of it. */
export interface LintFinding extends LintRule {
  readonly code: LintCode;
  /** Module path, or name of an input or output; empty where it concerns the whole file. */
  readonly layer: string;
  /** One sentence with the values. */
  readonly message: string;
}

export function finding(code: LintCode, layer: string, message: string): LintFinding {
  return { code, ...LINT_RULES[code], layer, message };
}

/** Names for a sentence: all of a few, the first of many with their number. */
export function listNames(names: readonly (string | number)[], most = 4): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

import type { KeyDifference } from '../store/history/index.ts';

/** What a place of a series' key, or of an environment, is called, and how a run is made equal there. */
interface KeyWords {
  readonly words: string;
  /** What to run with so that it is as `from`, `--size 224`; absent where no option of a run decides it. */
  readonly fix?: (from: unknown) => string;
}

const option =
  (name: string) =>
  (from: unknown): string =>
    from === null ? `no ${name}` : `${name} ${String(from)}`;
const flag =
  (name: string, given: string) =>
  (from: unknown): string =>
    from === given ? name : `no ${name}`;
const same = (what: string) => (): string => `the same ${what}`;

const WORDS: Readonly<Record<string, KeyWords>> = {
  'data.annotationsSha256': { words: 'annotations', fix: same('annotations') },
  'data.imageIdsSha256': { words: 'images chosen', fix: same('images') },
  'data.images': { words: 'number of images', fix: same('images') },
  'weights.sha256': { words: 'weights' },
  'weights.variant': { words: 'network' },
  size: { words: 'size', fix: (from) => `--size ${sizeOption(from)}` },
  preprocessing: { words: 'preprocessing', fix: flag('--legacy', 'legacy') },
  'thresholds.conf': { words: 'conf', fix: option('--conf') },
  'thresholds.nms': { words: 'nms', fix: option('--nms') },
  'runs.precision': { words: 'arithmetic' },
  'runs.engine': { words: 'engine', fix: same('--engine') },
  'runs.device': { words: 'device', fix: same('device') },
  'runs.outputs': { words: 'outputs', fix: same('device, or emulation of it') },
  'runs.coreNumber': { words: 'core number', fix: option('--cores') },
  'runs.offlineModel': { words: 'offline model' },
  'runs.emulation': { words: 'emulation', fix: same('device, or emulation of it') },
  'runs.emulation.activations': { words: 'activations', fix: option('--activations') },
  'runs.emulation.functions': {
    words: 'functions',
    fix: (from) => `--functions ${from === 'exact' ? 'exact' : 'table'}`,
  },
  'runs.emulation.roundedAfter': { words: 'rounded after' },
  'runs.emulation.decode': { words: 'decode' },
  'runs.emulation.outputLayout': { words: 'layout of the output' },
  'runs.quantization': { words: 'quantisation', fix: same('--bits and scales') },
  'runs.quantization.bits': { words: 'bits', fix: option('--bits') },
  'runs.quantization.execution': { words: 'execution', fix: option('--execution') },
  'runs.quantization.rounding': { words: 'rounding', fix: option('--rounding') },
  'runs.quantization.weightScales': {
    words: 'weight scales',
    fix: flag('--per-channel', 'per-channel'),
  },
  'runs.quantization.scales': { words: 'scales', fix: same('--quantized or --calibration') },
  'runs.quantization.scales.sha256': { words: 'quantised checkpoint' },
  'runs.quantization.scales.kind': {
    words: 'scales from',
    fix: (from) => `the same --${from === 'checkpoint' ? 'quantized' : 'calibration'}`,
  },
  'runs.quantization.scales.description': { words: 'scales from', fix: same('--calibration') },
  'runs.quantization.scales.images': { words: 'calibration images', fix: option('--calibration-images') },
  'runs.quantization.scales.headroom': { words: 'headroom', fix: option('--headroom') },
  'runs.quantization.scales.percentile': { words: 'percentile', fix: option('--percentile') },
  clock: { words: 'clock' },
  provenance: { words: 'provenance of the times' },
  coreNumber: { words: 'core number' },
  batch: { words: 'batch' },
  machine: { words: 'machine' },
  cpu: { words: 'CPU' },
  cores: { words: 'threads of the machine' },
  memoryGiB: { words: 'GiB of memory' },
  version: { words: 'mlu-parity' },
  node: { words: 'Node' },
};

/** Of a path as a key has it, or an environment; what neither knows goes by its last name, parted into words. */
export function keyWords({ path }: Pick<KeyDifference, 'path'>): KeyWords {
  const known = path.replace(/^reference\./, 'runs.').replace(/^(timing\.)?(machine\.)?/, '');
  const words = WORDS[known] ?? { words: partedWords(known) };
  return path.startsWith('reference.') ? { ...words, words: `${words.words} of the reference` } : words;
}

const partedWords = (path: string): string =>
  path
    .split('.')
    .at(-1)!
    .replace(/[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);

/** As `--size` reads it: one number for a square. */
function sizeOption(size: unknown): string {
  const [height, width] = Array.isArray(size) ? (size as unknown[]) : [size, size];
  return height === width ? String(height) : `${String(height)}x${String(width)}`;
}

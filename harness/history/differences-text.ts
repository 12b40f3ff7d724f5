import type { KeyDifference } from '../store/history/index.ts';

/** What a difference is called; the rest goes by its path. */
const WORDS: Readonly<Record<string, string>> = {
  'data.annotationsSha256': 'annotations',
  'data.imageIdsSha256': 'images chosen',
  'data.images': 'number of images',
  'weights.sha256': 'weights',
  'runs.quantization.scales.sha256': 'quantised checkpoint',
  'runs.offlineModel': 'offline model',
  'thresholds.conf': 'conf',
  'thresholds.nms': 'nms',
};

/** `conf 0.001 → 0.01; weights 75f4b0a1 → 3c9d22e0` */
export function differencesText(differences: readonly KeyDifference[]): string {
  return differences
    .map(({ path, from, to }) => `${WORDS[path] ?? path} ${valueText(from)} → ${valueText(to)}`)
    .join('; ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return /^[0-9a-f]{40,64}(-dirty)?$/.test(value) ? shortHash(value) : value;
  return value === null ? 'none' : JSON.stringify(value);
}

const shortHash = (hash: string): string => `${hash.slice(0, 8)}${hash.endsWith('-dirty') ? '-dirty' : ''}`;

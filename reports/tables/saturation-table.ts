import { formatShare } from '../format-figures.ts';
import type { BackendRecord, RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

const SHOWN = 15;

/** Layers whose inputs left the integer range, most of all first. */
export function saturationTable(record: RunRecord): ReportTable | null {
  const quantized = record.backends.filter((backend) => backend.quantization !== null);
  if (quantized.length === 0) return null;
  const entries = saturatedLayers(quantized).sort((a, b) => b.share - a.share);
  return {
    id: 'saturation',
    title:
      entries.length > SHOWN
        ? `Saturated convolution inputs, the ${SHOWN} largest shares`
        : 'Saturated convolution inputs',
    header: ['backend · layer', 'saturated', 'of', 'share'],
    rows: entries
      .slice(0, SHOWN)
      .map(({ label, layer, saturated, total }) => [
        `${label} · ${layer}`,
        String(saturated),
        String(total),
        formatShare(saturated, total),
      ]),
    conclusion: saturationSentences(quantized),
  };
}

interface SaturatedLayer {
  readonly label: string;
  readonly layer: string;
  readonly saturated: number;
  readonly total: number;
  readonly share: number;
}

/** Backends that share their integers up to a layer clamp the same there: one entry for all of them. */
function saturatedLayers(backends: readonly BackendRecord[]): SaturatedLayer[] {
  const entries = new Map<string, SaturatedLayer>();
  for (const backend of backends) {
    for (const { layer, saturated, total } of backend.quantization!.saturation) {
      if (saturated === 0) continue;
      const key = [layer, saturated, total].join('|');
      const others = entries.get(key);
      const label = others ? `${others.label}, ${backendLabel(backend)}` : backendLabel(backend);
      entries.set(key, { label, layer, saturated, total, share: saturated / total });
    }
  }
  return [...entries.values()];
}

/** Backends of which the same is to be said are named together. */
function saturationSentences(backends: readonly BackendRecord[]): string {
  const labels = new Map<string, string[]>();
  for (const backend of backends) {
    const finding = saturationFinding(backend);
    labels.set(finding, [...(labels.get(finding) ?? []), backendLabel(backend)]);
  }
  return [...labels].map(([finding, names]) => `${names.join('; ')}: ${finding}`).join(' ');
}

function saturationFinding(backend: BackendRecord): string {
  const { saturation, source } = backend.quantization!;
  if (saturation.every(({ total }) => total === 0)) {
    return 'inputs that left their integer range were not counted.';
  }
  const layers = saturation.filter(({ saturated }) => saturated > 0).length;
  if (layers === 0) return 'no input left its integer range.';
  const advice =
    source.kind === 'checkpoint'
      ? 'quantise the checkpoint again with more calibration images'
      : 'calibrate on more images or add --headroom';
  return `inputs of ${layers} of ${saturation.length} quantised convolutions were clamped; ${advice} where the share is large.`;
}

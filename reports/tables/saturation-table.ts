import { formatShare } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel, type ReportTable } from './report-table.ts';

const SHOWN = 15;

/** Layers whose inputs left the integer range, most of all first. */
export function saturationTable(record: RunRecord): ReportTable | null {
  const quantized = record.backends.filter((backend) => backend.quantization !== null);
  if (quantized.length === 0) return null;
  const entries = quantized.flatMap((backend) =>
    backend
      .quantization!.saturation.filter(({ saturated }) => saturated > 0)
      .map((layer) => ({ label: backendLabel(backend), ...layer, share: layer.saturated / layer.total })),
  );
  entries.sort((a, b) => b.share - a.share);
  return {
    id: 'saturation',
    title: 'Saturated convolution inputs',
    header: ['backend · layer', 'saturated', 'of', 'share'],
    rows: entries
      .slice(0, SHOWN)
      .map(({ label, layer, saturated, total }) => [
        `${label} · ${layer}`,
        String(saturated),
        String(total),
        formatShare(saturated, total),
      ]),
    conclusion: quantized
      .map((backend) => {
        const { saturation } = backend.quantization!;
        const layers = saturation.filter(({ saturated }) => saturated > 0).length;
        return layers === 0
          ? `${backendLabel(backend)}: no input left its integer range.`
          : `${backendLabel(backend)}: inputs of ${layers} of ${saturation.length} quantised convolutions were clamped; calibrate on more images or add --headroom where the share is large.`;
      })
      .join(' '),
  };
}

import { deviceFacts } from './device-facts.ts';
import { formatCount, formatFigure, formatSmall } from './format-figures.ts';
import type { RunRecord } from './record/index.ts';
import { coreNoun } from './tables/core-number.ts';
import { backendLabel } from './tables/report-table.ts';

/** What someone needs to judge the figures or to make them again, as name and value. */
export function measurementFacts(record: RunRecord): [string, string][] {
  const { weights, dataset, environment } = record;
  return [
    [
      'Weights',
      `${weights.file} (${weights.format}), YOLOX-${weights.variant}, ${weights.classes} classes, ${weights.parameters.toLocaleString('en')} parameters`,
    ],
    ['Weights SHA-256', weights.sha256],
    [
      'Data',
      `${dataset.name}: ${dataset.images} of ${dataset.imagesAvailable} images (${dataset.imagesWithoutAnnotations} without annotations), ${dataset.annotations} annotations (${dataset.crowdAnnotations} crowd), ${dataset.categories} categories`,
    ],
    ['Annotations SHA-256', dataset.annotationsSha256],
    ...record.backends.map((backend): [string, string] => [backendLabel(backend), backendFacts(backend)]),
    ['Float noise floor', noiseFacts(record)],
    [
      'Machine',
      `${environment.cpu}, ${environment.cores} cores, ${environment.memoryGiB} GiB, ${environment.platform}, Node ${environment.node}`,
    ],
    [
      'Versions',
      [
        `mlu-parity ${environment.version}${environment.commit ? ` (${shortCommit(environment.commit)})` : ''}`,
        ...Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`),
      ].join(', '),
    ],
    ['Time', `${record.startedAt} to ${record.finishedAt}`],
    ['Options', JSON.stringify(record.options)],
  ];
}

function backendFacts(backend: RunRecord['backends'][number]): string {
  const parts = [
    `${backend.precision} on ${backend.device} by ${backend.engine}`,
    backend.emulation
      ? `emulated with ${formatCount(backend.coreNumber, 'thread')}`
      : formatCount(backend.coreNumber, coreNoun(backend.device)),
    `outputs ${backend.outputProvenance}`,
    formatCount(backend.images, 'image'),
    formatCount(backend.detections, 'detection'),
  ];
  const quantization = backend.quantization;
  if (quantization) {
    parts.push(
      `${quantization.convolutions} of ${quantization.convolutions + quantization.floatConvolutions} convolutions on integers`,
      `scales from ${quantization.source.description}`,
      `weights ${quantization.weightScales}`,
      quantization.rounding === null ? "rounding the card's own" : `rounding ${quantization.rounding}`,
    );
    if (quantization.fastAgainstExactDb !== null) {
      parts.push(`fast against exact ${formatSmall(quantization.fastAgainstExactDb)} dB on the first image`);
    }
  }
  if (backend.emulation) {
    const { activations, roundedAfter, functions, decode, outputLayout } = backend.emulation;
    parts.push(
      activations === 'float16'
        ? `activations float16, rounded after ${roundedAfter}: half away from zero, at most ±65504`
        : 'activations float32',
      `sigmoid and exp: ${functions}`,
      `decoded on the device by ${decode}`,
      `output [${outputLayout}]`,
    );
  }
  parts.push(...deviceFacts(backend));
  if (backend.failure !== null) parts.push(`FAILED: ${backend.failure}`);
  return parts.join('; ');
}

function noiseFacts(record: RunRecord): string {
  const floor = record.noiseFloor;
  if (!floor) return record.noiseFloorNote;
  return `${floor.engines.join(' against ')} on ${formatCount(floor.images, 'image')}: AP differs by ${formatFigure(floor.metrics.AP ?? null)}, raw output by at most ${formatSmall(floor.maxAbs)} (${formatSmall(floor.sqnr)} dB at worst)`;
}

/** Twelve digits, and whether the work tree had changes on top. */
function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1');
}

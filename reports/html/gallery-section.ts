import { formatCount } from '../format-figures.ts';
import type { GalleryImage, RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { escapeHtml } from './escape-html.ts';
import type { PageSection } from './page-section.ts';

type GalleryBackend = GalleryImage['backends'][number];
type Box = readonly [number, number, number, number];

const LINE_CLASS = { hit: 'hit', 'false-alarm': 'false-alarm', 'in-crowd': 'in-crowd' } as const;

/**
 * The images that changed most, with the boxes of one backend at a time over the ground truth. The switch is radio
 * buttons and style rules, so that it works by keyboard and without a script.
 * @returns one section, or none where there are no pictures.
 * @param pictures data URIs by the record's picture names; an image whose picture is missing shows its boxes alone.
 */
export function gallerySection(record: RunRecord, pictures: ReadonlyMap<string, string>): PageSection[] {
  if (record.gallery.length === 0) return [];
  const labels = new Map(record.backends.map((backend) => [backend.name, backendLabel(backend)]));
  const names = record.backends.map(({ name }) => name);
  const switches = names
    .map((name, i) => {
      const checked = i === Math.min(1, names.length - 1) ? ' checked' : '';
      return `<input type="radio" name="gallery-backend" id="gallery-${i}"${checked}><label for="gallery-${i}">${escapeHtml(labels.get(name)!)}</label>`;
    })
    .join('');
  const rules = names
    .map((_, i) => `#gallery-${i}:checked ~ .pictures .layer-${i} { display: inline; }`)
    .join(' ');
  const figures = record.gallery
    .map((image) => figure(image, labels, pictures.get(image.picture)))
    .join('\n');
  const title = 'Images whose detections changed most';
  const markup = `<section id="gallery"><h2>${title}</h2>
<p>Ground truth dashed; hits <span class="key hit">green</span>, false alarms <span class="key false-alarm">red</span>, misses <span class="key missed">blue</span>, at IoU 0.5. Choose the backend:</p>
<style>${rules}</style>
<fieldset class="switch"><legend class="visually-hidden">Backend shown in the pictures</legend>
${switches}
<div class="pictures">${figures}</div></fieldset></section>`;
  return [{ id: 'gallery', title, markup }];
}

/** @param labels of the backends by their names, in the order of the record. */
function figure(
  image: GalleryImage,
  labels: ReadonlyMap<string, string>,
  picture: string | undefined,
): string {
  const { width, height } = image;
  const background =
    picture === undefined
      ? ''
      : `<image href="${picture}" width="${width}" height="${height}" preserveAspectRatio="none"/>`;
  const layers = [...labels.keys()]
    .map((name, i) => {
      const found = image.backends.find(({ backend }) => backend === name);
      return found ? `<g class="layer layer-${i}">${layer(image, found)}</g>` : '';
    })
    .join('');
  const counts = image.backends
    .map(
      ({ backend, detections, missed }) =>
        `${labels.get(backend) ?? backend}: ${formatCount(detections.length, 'detection')}, ${missed.length} missed`,
    )
    .join('; ');
  return `<figure id="image-${image.imageId}"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${image.fileName}. ${counts}`)}">${background}${layers}</svg><figcaption>${escapeHtml(image.fileName)} · ${escapeHtml(counts)}</figcaption></figure>`;
}

function layer(image: GalleryImage, { detections, missed }: GalleryBackend): string {
  const truth = image.groundTruth.map(({ xyxy, name }, i) =>
    rectangle(
      xyxy,
      missed.includes(i) ? 'missed' : 'truth',
      missed.includes(i) ? `missed: ${name}` : `ground truth: ${name}`,
    ),
  );
  const found = detections.map(({ xyxy, name, score, fate }) => {
    const label = `${name} ${score.toFixed(2)}`;
    return `${rectangle(xyxy, LINE_CLASS[fate], label)}${caption(image, xyxy, label, LINE_CLASS[fate])}`;
  });
  return [...truth, ...found].join('');
}

/** Pictures are shown in one width, so that letters in proportion to it have one size; about 40 fit across. */
const LETTER_HEIGHT = 0.026;
const LETTER_WIDTH = 0.6 * LETTER_HEIGHT;

/** A label over its box, moved inside the picture where it would be cut off. */
function caption({ width }: GalleryImage, [x, y]: Box, label: string, className: string): string {
  const height = LETTER_HEIGHT * width;
  const left = Math.max(2, Math.min(x, width * (1 - LETTER_WIDTH * label.length)));
  const base = Math.max(y - 3, height);
  return `<text x="${left.toFixed(1)}" y="${base.toFixed(1)}" font-size="${height.toFixed(1)}" class="${className}">${escapeHtml(label)}</text>`;
}

function rectangle([x1, y1, x2, y2]: Box, className: string, title: string): string {
  const width = Math.max(0, x2 - x1).toFixed(1);
  const height = Math.max(0, y2 - y1).toFixed(1);
  return `<rect x="${x1}" y="${y1}" width="${width}" height="${height}" class="${className}"><title>${escapeHtml(title)}</title></rect>`;
}

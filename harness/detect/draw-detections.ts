import { createRequire } from 'node:module';
import sharp, { type OverlayOptions } from 'sharp';
import { readImage, toSharp } from '../../datasets/index.ts';
import type { Detections } from '../../reference/detections.ts';

/** Ten colours that stand out on photographs and from each other; white text is readable on each. */
const COLOURS = [
  '#d62728',
  '#1f77b4',
  '#2ca02c',
  '#9467bd',
  '#8c564b',
  '#c2185b',
  '#00796b',
  '#a65e00',
  '#455a64',
  '#5d4cc5',
];

/** Shipped with the package, so that labels look the same on a machine without fonts. */
const FONT_FILE = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf');

/**
 * Writes a copy of a picture with its detections drawn: a box, and the class name with the score at its upper edge.
 * The picture is decoded as the network saw it (`readImage`), whose pixels the boxes are in.
 */
export async function drawDetections(
  imagePath: string,
  detections: Detections<'image'>,
  classNames: readonly string[],
  outPath: string,
): Promise<void> {
  const image = await readImage(imagePath);
  const { width, height } = image;
  const lineWidth = Math.max(2, Math.round(Math.max(width, height) / 320));
  const overlays: OverlayOptions[] = [{ input: boxesSvg(detections, width, height, lineWidth) }];
  // The best detection is drawn last, so that its label is never covered.
  for (let i = detections.count - 1; i >= 0; i--) {
    const text = `${classNames[detections.classIndices[i]!]} ${detections.scores[i]!.toFixed(2)}`;
    const label = await renderLabel(text, colourOf(detections.classIndices[i]!), lineWidth);
    if (label.width > width || label.height > height) continue;
    const left = clamp(Math.round(detections.boxes[4 * i]!), 0, width - label.width);
    const top = clamp(Math.round(detections.boxes[4 * i + 1]!) - label.height, 0, height - label.height);
    overlays.push({ input: label.png, left, top });
  }
  await toSharp(image).composite(overlays).toFile(outPath);
}

function boxesSvg(detections: Detections<'image'>, width: number, height: number, lineWidth: number): Buffer {
  const rectangles: string[] = [];
  for (let i = detections.count - 1; i >= 0; i--) {
    const [x1, y1, x2, y2] = detections.boxes.subarray(4 * i, 4 * i + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    rectangles.push(
      `<rect x="${x1}" y="${y1}" width="${Math.max(0, x2 - x1)}" height="${Math.max(0, y2 - y1)}" fill="none" stroke="${colourOf(detections.classIndices[i]!)}" stroke-width="${lineWidth}"/>`,
    );
  }
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rectangles.join('')}</svg>`,
  );
}

async function renderLabel(
  text: string,
  colour: string,
  lineWidth: number,
): Promise<{ png: Buffer; width: number; height: number }> {
  const padding = lineWidth;
  const glyphs = await sharp({
    text: {
      text: `<span foreground="white">${escapeMarkup(text)}</span>`,
      font: `DejaVu Sans Bold ${4 + 3 * lineWidth}`,
      fontfile: FONT_FILE,
      rgba: true,
    },
  })
    .png()
    .toBuffer();
  const { data, info } = await sharp(glyphs)
    .extend({ top: padding, bottom: padding, left: padding, right: padding, background: '#0000' })
    .flatten({ background: colour })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}

/** Pango reads the text as markup. */
function escapeMarkup(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function colourOf(classIndex: number): string {
  return COLOURS[classIndex % COLOURS.length]!;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

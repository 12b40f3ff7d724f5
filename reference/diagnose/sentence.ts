import type { FindingEvidence } from './diagnosis.ts';

/** The mistake with its evidence: `…: the median error of box sizes is 57 px, and 0.012 px once that is undone.` */
export function sentenceOf(mistake: string, evidence: FindingEvidence): string {
  const { measure, unit, errorBefore, errorAfter, images } = evidence;
  const where = images === 1 ? '1 image' : `${images} images`;
  const value = (error: number): string => `${figure(error)}${unit && ` ${unit}`}`;
  const after = errorAfter === null ? '' : `, and ${value(errorAfter)} once that is undone`;
  return `${mistake}: the ${measure} is ${value(errorBefore)}${after} (${where}).`;
}

function figure(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1);
}

import type { RunRecord } from '../record/index.ts';

/** A table as words: what a page, a terminal and a Markdown file all draw from. */
export interface ReportTable {
  /** Anchor in the page: `#accuracy`. */
  readonly id: string;
  readonly title: string;
  readonly header: readonly string[];
  /** Cells by row; the first column names the row. */
  readonly rows: readonly (readonly string[])[];
  /** What the table says, in a sentence; every table has one. */
  readonly conclusion: string;
  /** What has to be known of single rows, each in a line of its own. */
  readonly notes?: readonly string[];
}

export type TableMaker = (record: RunRecord) => ReportTable | null;

/**
 * `mlu-online, int16 (emulated)`: a name that never stands without where its outputs come from, unless they were measured.
 * A precision that is no type, as where an offline model does not say its own, is left out.
 */
export function backendLabel(backend: { name: string; precision: string; outputProvenance: string }): string {
  const bits = /^int\d+/.exec(backend.precision)?.[0];
  const name = bits === undefined || backend.name === bits ? backend.name : `${backend.name}, ${bits}`;
  return backend.outputProvenance === 'measured' ? name : `${name} (${backend.outputProvenance})`;
}

/** Several backends of which the same is said: `int16 · mlu-online, int16 (both emulated)`. */
export function backendsLabel(backends: readonly Parameters<typeof backendLabel>[0][]): string {
  const labels = backends.map(backendLabel);
  const [first] = backends;
  const provenance = ` (${first?.outputProvenance})`;
  if (labels.length < 2 || !labels.every((label) => label.endsWith(provenance))) return labels.join(' · ');
  const names = labels.map((label) => label.slice(0, -provenance.length));
  return `${names.join(' · ')} (${names.length === 2 ? 'both' : 'all'} ${first!.outputProvenance})`;
}

import type { BackendRecord } from './record/index.ts';

/**
 * What a device said of itself, as far as it is known how to say it in words, and the offline models that ran. A device's own words
 * may be of any form: what is not of the form looked for is left out.
 */
export function deviceFacts({
  details = {},
  offlineModels = [],
  recordedFrom,
}: Pick<BackendRecord, 'details' | 'offlineModels' | 'recordedFrom'>): string[] {
  const [card, calls, output] = [objectOf(details.card), objectOf(details.calls), objectOf(details.output)];
  return [
    ...offlineModels.map(
      ({ coreNumber, batch, file, sha256 }) =>
        `offline model ${file} of core number ${coreNumber} and batch ${batch}, SHA-256 ${sha256}`,
    ),
    ...(recordedFrom
      ? [`recorded from the checkpoint ${recordedFrom.file}, SHA-256 ${recordedFrom.sha256}`]
      : []),
    ...said(textOf(card.name), (name) => `card ${name}`),
    ...said(textOf(details.library), (path) => `library ${path}`),
    ...said(textOf(calls.invoke), () => `calls ${listOfCalls(calls)}`),
    ...said(outputOf(output), (text) => `output ${text}`),
    ...said(textOf(details.decode), (form) => `decoded on the device: ${form}`),
    ...said(textOf(details.hostTime), (text) => `host time holds ${text}`),
    ...said(textOf(details.deviceTime), (text) => `device time is ${text}`),
  ];
}

/** `[1, 85, 1, 8400] FLOAT32, read as N C 1 A`, A being anchors. */
function outputOf({ shape, type, layout }: Readonly<Record<string, unknown>>): string | null {
  if (!Array.isArray(shape) || textOf(layout) === null) return null;
  return `[${shape.join(', ')}]${textOf(type) === null ? '' : ` ${type}`}, read as ${layout}`;
}

function listOfCalls(calls: Readonly<Record<string, unknown>>): string {
  return Object.values(calls)
    .filter((call) => textOf(call) !== null)
    .join(', ');
}

function said(text: string | null, sentence: (text: string) => string): string[] {
  return text === null ? [] : [sentence(text)];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

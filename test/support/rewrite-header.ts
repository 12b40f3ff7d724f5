import { crc32 } from 'node:zlib';

/** A journal whose run has another file in the place of an option, in its first line, which is whole. */
export function rewriteHeader(journal: string, option: string, value: string): string {
  const end = journal.indexOf('\n');
  const entry = JSON.parse(journal.slice(0, journal.lastIndexOf('\t', end)));
  const { options } = entry;
  if (option === 'weights') options.weights = value;
  else if (option === 'dataset') options.data.dataset = value;
  else options.quantization[option] = value;
  const json = JSON.stringify(entry);
  return `${json}\t${crc32(json).toString(16).padStart(8, '0')}${journal.slice(end)}`;
}

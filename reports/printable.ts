// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
const CONTROLS = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g;

/** Control characters, but for new lines, as `\x1b`: what a file holds may be anything, and must do nothing to a terminal. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The same of every string in parsed JSON, names of its entries too. */
export function printableJson(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(printableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [printable(name), printableJson(entry)]),
  );
}

/** Whether bytes `from … from + length` of `pattern` stand in the file at `at`; false where they would reach beyond it. */
export function equalAt(
  file: Uint8Array,
  at: number,
  pattern: Uint8Array,
  from = 0,
  length: number = pattern.length - from,
): boolean {
  if (at < 0 || at + length > file.length) return false;
  for (let i = 0; i < length; i++) if (file[at + i] !== pattern[from + i]) return false;
  return true;
}

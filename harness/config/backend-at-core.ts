/** A backend on a card that is scored at a second core number is a backend of its own: `mlu-offline@16`. */
export function nameAtCore(name: string, coreNumber: number): string {
  return `${name}@${coreNumber}`;
}

/** The parts of such a name; no core number of a backend that is scored where all of its kind are. */
export function coreOf(name: string): { readonly base: string; readonly coreNumber: number | null } {
  const [, base = name, coreNumber] = /^(.+)@(\d+)$/.exec(name) ?? [];
  return { base, coreNumber: coreNumber === undefined ? null : Number(coreNumber) };
}

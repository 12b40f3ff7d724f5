/** What a library threw, as the end of a sentence; some throw strings and bare objects. */
export function causeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}

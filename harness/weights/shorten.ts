/** Text from a file on one line of printable ASCII, cut to `limit` characters: what a message may safely quote. */
export function shorten(text: string, limit = 80): string {
  const line = text.slice(0, limit + 1).replace(/[^\x20-\x7e]+/g, ' ');
  return line.length > limit ? `${line.slice(0, limit - 3)}...` : line;
}

/** The same between quotation marks. */
export function quote(text: string): string {
  return `"${shorten(text)}"`;
}

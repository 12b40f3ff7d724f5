/** As PROTOCOL.md has it. */
const KEPT = 4;

/** The inputs that an agent still has: the last four that were asked for, whichever way they came to it. */
export class RecentInputs {
  readonly #hashes = new Set<string>();

  has(sha256: string): boolean {
    return this.#hashes.has(sha256);
  }

  /** That `sha256` was part of a request which the agent carried out. */
  used(sha256: string): void {
    this.#hashes.delete(sha256);
    this.#hashes.add(sha256);
    for (const oldest of this.#hashes) {
      if (this.#hashes.size <= KEPT) break;
      this.#hashes.delete(oldest);
    }
  }

  /** After a request that failed nobody knows what it left behind. */
  forget(): void {
    this.#hashes.clear();
  }
}

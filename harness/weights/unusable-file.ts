/**
 * Why a weights file cannot be used, and what to do about it: two half-sentences without the file's name, which
 * `loadWeights` adds once when it turns this into a `BadDataError`.
 */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
  readonly fix: string;

  constructor(reason: string, fix = 'it is damaged or incomplete: download or export it again') {
    super(reason);
    this.fix = fix;
  }
}

import { DatasetError } from '../datasets/dataset-error.ts';
import { printable } from '../reports/printable.ts';

/**
 * Exit codes of every command. The one place that gives them their numbers.
 */
export const EXIT = {
  pass: 0,
  regression: 1,
  usage: 2,
  badData: 3,
  inconclusive: 4,
  backend: 5,
  /** A defect of this program: none of the meanings above, and never to be taken for a regression. */
  defect: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error the user can act on: one sentence that names what could not be done, the value, and what to do.
 * Anything else that reaches the top of the program is a defect and shows its stack.
 */
export class ParityError extends Error {
  override readonly name: string = 'ParityError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A wrong option or argument. */
export class UsageError extends ParityError {
  override readonly name = 'UsageError';
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.usage, message, options);
  }
}

/** A file or value from outside that cannot be used. */
export class BadDataError extends ParityError {
  override readonly name = 'BadDataError';
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.badData, message, options);
  }
}

/** A backend, engine or device that failed or gave an unusable answer. */
export class BackendError extends ParityError {
  override readonly name = 'BackendError';
  constructor(message: string, options?: ErrorOptions) {
    super(EXIT.backend, message, options);
  }
}

/** The one place that maps what was thrown to an exit code. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ParityError) return error.exitCode;
  if (error instanceof DatasetError) return EXIT.badData;
  if (error instanceof Error && error.name === 'AbortError') return EXIT.interrupted;
  if (isSystemError(error)) return EXIT.badData;
  return EXIT.defect;
}

/**
 * One sentence; of an abort, and of what the operating system refused, in words a user knows. What it quotes of a file may be
 * anything, and is made harmless to a terminal.
 */
export function messageOf(error: unknown): string {
  return printable(sentenceOf(error));
}

function sentenceOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return 'interrupted by the user';
  if (isSystemError(error)) {
    return `the system refused to ${error.syscall} ${error.path ?? 'a file'} (${error.code}): check the disk space and the permissions there`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** A full disk, a folder that was taken away, a file that may not be written. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

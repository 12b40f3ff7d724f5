import {
  DEFAULT_HISTORY,
  type History,
  type OpenHistoryOptions,
  openHistory,
} from '../store/history/index.ts';

export interface HistoryFlags {
  readonly history?: string;
  readonly json?: true;
}

/** Opens the history of `--history`, does `work`, and closes it however that ends. */
export async function withHistory<T>(
  { history: file = DEFAULT_HISTORY }: HistoryFlags,
  mode: OpenHistoryOptions['mode'],
  work: (history: History) => T | Promise<T>,
): Promise<T> {
  const history = await openHistory(file, { mode });
  try {
    return await work(history);
  } finally {
    history.close();
  }
}

/** One JSON document, or text for a person. */
export function printResult({ json }: HistoryFlags, document: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(document, null, 1)}\n` : `${text}\n`);
}

import { type GateRecord, parseGateRecord } from '../../../reports/gate/gate-record.ts';
import { BadDataError } from '../../errors.ts';
import { DAMAGED, namingFailures, parseStored } from './history-error.ts';
import type { History } from './open-history.ts';

/** What a gate said of a run. */
export interface StoredGate {
  readonly run: number;
  readonly judgedAt: string;
  readonly document: GateRecord;
}

export function insertGate({ database, file }: History, run: number, document: GateRecord): void {
  namingFailures(file, 'write to', () =>
    database
      .prepare('INSERT INTO gate (run, judged_at, document) VALUES (?, ?, ?)')
      .run(run, document.judgedAt, JSON.stringify(document)),
  );
}

/** All that gates said, the first first. @throws BadDataError where one is no longer what was stored. */
export function listGates({ database, file }: History): StoredGate[] {
  const rows = namingFailures(file, 'read', () =>
    database
      .prepare<[], { run: number; judgedAt: string; document: string }>(
        'SELECT run, judged_at AS judgedAt, document FROM gate ORDER BY id',
      )
      .all(),
  );
  return rows.map(({ run, judgedAt, document }) => {
    try {
      return { run, judgedAt, document: parseGateRecord(parseStored(file, document)) };
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw new BadDataError(
        `cannot use what a gate said of run ${run} in the history ${file} (${cause.message}): ${DAMAGED}`,
        { cause },
      );
    }
  });
}

import type { DeviceSession } from '../device/index.ts';
import type { TunePoint } from './tune-source.ts';

/** What a session is compiled for. */
export type SessionPoint = Pick<TunePoint, 'coreNumber' | 'batch'>;

export interface RecentSessionsOptions {
  readonly mostSessions: number;
  /** Of all sessions together; a session that has more is open alone. */
  readonly mostContexts: number;
  readonly contextsOf: (point: SessionPoint) => number;
  readonly openSession: (point: SessionPoint, contexts: number) => Promise<DeviceSession>;
}

interface Open {
  readonly session: DeviceSession;
  readonly contexts: number;
}

/** Sessions on a device, kept for their next use: where there are too many, that whose use is longest ago is closed first. */
export class RecentSessions {
  readonly #options: RecentSessionsOptions;
  /** In the order of their last use. */
  readonly #open = new Map<string, Open>();

  constructor(options: RecentSessionsOptions) {
    this.#options = options;
  }

  async open({ coreNumber, batch }: SessionPoint): Promise<DeviceSession> {
    const { contextsOf, openSession } = this.#options;
    const key = `${coreNumber} ${batch}`;
    const contexts = contextsOf({ coreNumber, batch });
    const known = this.#open.get(key);
    if (!known) await this.#makeRoom(contexts);
    const session = known?.session ?? (await openSession({ coreNumber, batch }, contexts));
    this.#open.delete(key);
    this.#open.set(key, { session, contexts });
    return session;
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map(({ session }) => session.close()));
  }

  async #makeRoom(contexts: number): Promise<void> {
    const { mostSessions, mostContexts } = this.#options;
    for (const [key, { session }] of this.#open) {
      const taken = [...this.#open.values()].reduce((sum, open) => sum + open.contexts, contexts);
      if (this.#open.size < mostSessions && taken <= mostContexts) return;
      this.#open.delete(key);
      await session.close();
    }
  }
}

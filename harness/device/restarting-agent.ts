import { BackendError } from '../errors.ts';
import type { AgentConnection } from './agent-connection.ts';
import { AgentFailure } from './agent-failure.ts';
import type { AgentOptions } from './agent-options.ts';
import { connectAgent } from './connect-agent.ts';

/**
 * An agent that is started again, once for each request, where it was lost.
 * @typeParam T what is made of each new connection before any request.
 */
export class RestartingAgent<T> {
  readonly restarts: string[] = [];
  readonly #options: AgentOptions;
  readonly #prepare: (connection: AgentConnection) => Promise<T>;
  #live: { readonly connection: AgentConnection; readonly prepared: T } | null = null;
  #closed = false;

  constructor(options: AgentOptions, prepare: (connection: AgentConnection) => Promise<T>) {
    this.#options = options;
    this.#prepare = prepare;
  }

  /**
   * @param what names the request in messages.
   * @throws BackendError, which says both, where the agent was lost a second time or could not be started again.
   */
  async run<R>(what: string, work: (connection: AgentConnection, prepared: T) => Promise<R>): Promise<R> {
    if (this.#closed) throw new Error(`${what} asked of a session that is closed`);
    try {
      return await this.#attempt(work);
    } catch (first) {
      if (!(first instanceof AgentFailure && first.lost) || this.#closed) throw first;
      const restart = `the agent was started again during ${what}, since this program ${first.message}`;
      this.restarts.push(restart);
      this.#options.tell?.(restart);
      try {
        return await this.#attempt(work);
      } catch (second) {
        const gone = second instanceof AgentFailure ? second.lost : second instanceof BackendError;
        if (!gone) throw second;
        throw new BackendError(
          `cannot carry out ${what}: ${first.message}; started again, ${(second as Error).message}`,
          { cause: second },
        );
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#live?.connection.end();
    this.#live = null;
  }

  async #attempt<R>(work: (connection: AgentConnection, prepared: T) => Promise<R>): Promise<R> {
    const live = this.#live ?? (await this.#connect());
    try {
      return await work(live.connection, live.prepared);
    } catch (error) {
      if (error instanceof AgentFailure && error.lost) this.#live = null;
      throw error;
    }
  }

  async #connect(): Promise<{ connection: AgentConnection; prepared: T }> {
    const connection = await connectAgent(this.#options);
    try {
      const live = { connection, prepared: await this.#prepare(connection) };
      this.#live = live;
      return live;
    } catch (error) {
      await connection.end();
      throw error;
    }
  }
}

import { systemTimers } from '../../datasets/fetch/timers.ts';
import { BackendError, UsageError } from '../errors.ts';
import { quote } from '../weights/shorten.ts';
import type { AgentAnswer, AgentConnection, RequestOptions } from './agent-connection.ts';
import { AgentFailure, failureOf } from './agent-failure.ts';
import { agentMessageSchema, type Hello } from './agent-messages.ts';
import { type AgentOptions, DEFAULT_SECONDS } from './agent-options.ts';
import { type AgentProcess, startAgentProcess } from './agent-process.ts';
import { encodeFrame, type Frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { type Patience, startPatience } from './patience.ts';
import { ProtocolError } from './protocol-error.ts';
import { readHello } from './read-hello.ts';

/** For an agent whose stdout ended to end itself, so that its own code can be told. */
const LAST_BREATH_MS = 1000;
/** Without a first word whoever waits is told for what. */
const QUIET_SECONDS = 10;
const QUOTED_BYTES = 200;

interface Pending extends Pick<RequestOptions, 'onProgress'> {
  readonly id: number;
  readonly method: string;
  readonly limit: Patience;
  resolve(answer: AgentAnswer): void;
  reject(error: unknown): void;
}

/**
 * Starts an agent and waits for its first word.
 * @throws BackendError where the command cannot be started, is no agent, speaks another protocol, or says nothing in time.
 */
export async function connectAgent(options: AgentOptions): Promise<AgentConnection> {
  options.signal.throwIfAborted();
  if (options.command.trim() === '') {
    throw new UsageError("--agent is empty: give the command of an agent, as 'ssh host python3 agent'");
  }
  const connection = new Connection(options);
  await connection.greeted;
  return connection;
}

class Connection implements AgentConnection {
  readonly greeted: Promise<void>;
  readonly #options: AgentOptions;
  readonly #process: AgentProcess;
  readonly #reader = new FrameReader();
  #hello: Hello | null = null;
  #first: Buffer = Buffer.alloc(0);
  #pending: Pending | null = null;
  #requests = 0;
  #silence: Patience;
  readonly #quiet: Patience;
  #greet!: { resolve(): void; reject(error: unknown): void };
  /** Why there will be no more answers; resolves once the process has ended. */
  #broken: Promise<unknown> | null = null;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#process = startAgentProcess(options.command, this.#timers);
    this.greeted = new Promise((resolve, reject) => {
      this.#greet = { resolve, reject };
    });
    const hello = options.helloSeconds ?? options.timeoutSeconds ?? DEFAULT_SECONDS.hello;
    this.#silence = startPatience(this.#timers, hello, () =>
      this.#break(
        `it said nothing within ${hello} s: a container that starts slowly needs more --agent-timeout`,
      ),
    );
    this.#quiet = startPatience(this.#timers, QUIET_SECONDS, () =>
      options.tell?.(
        `nothing came from ${quote(options.command)} in ${QUIET_SECONDS} s, it is waited for up to ${hello} s`,
      ),
    );
    this.#process.output.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#process.output.once('end', () => this.#onEnd());
    // Something that it started may hold its stdout open for ever.
    this.#process.ended.then(() => {
      if (!this.#broken) this.#timers.alarm(LAST_BREATH_MS, () => this.#onEnd());
    });
    options.signal.addEventListener('abort', this.#abort, { once: true });
  }

  get hello(): Hello {
    return this.#hello!;
  }

  async request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    { payloads, limitSeconds, onProgress }: RequestOptions = {},
  ): Promise<AgentAnswer> {
    this.#options.signal.throwIfAborted();
    if (this.#broken) throw await this.#broken;
    if (this.#pending) throw new Error(`${method} asked for while ${this.#pending.method} is under way`);
    const id = ++this.#requests;
    const pieces = encodeFrame({ type: 'request', id, method, params }, payloads);
    const seconds = limitSeconds ?? this.#options.timeoutSeconds ?? DEFAULT_SECONDS.timeout;
    return new Promise<AgentAnswer>((resolve, reject) => {
      const limit = startPatience(this.#timers, seconds, () =>
        this.#break(`it gave no answer within ${seconds} s`),
      );
      this.#pending = { id, method, limit, resolve, reject, ...(onProgress ? { onProgress } : {}) };
      this.#write(pieces);
    });
  }

  async end(): Promise<void> {
    if (!this.#broken) {
      // It may have a card to let go of; whether it answers or not, it is ended.
      const idle = this.#pending === null;
      if (idle) {
        this.#write(encodeFrame({ type: 'request', id: ++this.#requests, method: 'exit', params: {} }));
      }
      this.#settle(this.#process.end(idle).then(() => new AgentFailure(null, 'the agent has been ended')));
    }
    await this.#broken;
  }

  #write(pieces: readonly Uint8Array[]): void {
    const { input } = this.#process;
    input.cork();
    for (const piece of pieces) input.write(piece);
    input.uncork();
  }

  get #timers(): NonNullable<AgentOptions['timers']> {
    return this.#options.timers ?? systemTimers;
  }

  #take(chunk: Buffer): void {
    if (this.#broken) return;
    if (this.#hello) this.#silence.restart();
    else if (this.#first.length < QUOTED_BYTES) {
      this.#first = Buffer.concat([this.#first, chunk]).subarray(0, QUOTED_BYTES);
    }
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#broken) return;
        if (this.#hello) this.#onMessage(frame);
        else this.#onHello(frame);
      }
    } catch (error) {
      if (error instanceof BackendError) this.#settle(this.#process.kill().then(() => error));
      else if (error instanceof ProtocolError) this.#break(this.#garbled(error));
      else throw error;
    }
  }

  #garbled(error: ProtocolError): string {
    if (this.#hello) return `it sent ${error.message}`;
    return `it printed ${quote(this.#first.toString('latin1'))} where an agent says hello (give the command of an agent, and let nothing before it print to stdout)`;
  }

  #onHello(frame: Frame): void {
    this.#hello = readHello(frame.head, this.#options.command);
    this.#silence.stop();
    this.#quiet.stop();
    const seconds = this.#options.silenceSeconds ?? DEFAULT_SECONDS.silence;
    this.#silence = startPatience(this.#timers, seconds, () =>
      this.#break(`not a byte came from it for ${seconds} s`),
    );
    this.#greet.resolve();
  }

  #onMessage({ head, payloads }: Frame): void {
    const { success, data: message } = agentMessageSchema.safeParse(head);
    if (!success) throw new ProtocolError(`a message that is none: ${quote(JSON.stringify(head))}`);
    if (message.type === 'heartbeat') return;
    const pending = this.#pending;
    if (message.id !== pending?.id) {
      throw new ProtocolError(
        `a ${message.type} of request ${message.id} instead of ${pending?.id ?? 'none'}`,
      );
    }
    if (message.type === 'progress') {
      const { done, total, text } = message;
      pending.onProgress?.({ done, total, text, unit: 'steps' });
      return;
    }
    this.#pending = null;
    pending.limit.stop();
    if (message.type === 'result') {
      pending.resolve({ result: message.result, payloads });
      return;
    }
    pending.reject(failureOf(pending.method, message));
  }

  /** Its stdout came to an end: it has ended, or is about to. */
  #onEnd(): void {
    if (this.#broken) return;
    let cut = '';
    try {
      this.#reader.end();
    } catch {
      cut = ' in the middle of a frame';
    }
    this.#break(`the connection ended${cut}`, async () => {
      const callOff = this.#timers.alarm(LAST_BREATH_MS, () => this.#process.kill());
      await this.#process.ended;
      callOff();
    });
  }

  /** Ends the process and tells whoever waits why, with what the process says of its own end. */
  #break(reason: string, end: () => Promise<void> = this.#process.kill): void {
    if (this.#broken) return;
    const { command } = this.#options;
    const what = this.#hello
      ? `lost the agent ${quote(command)} ${this.#pending ? `during ${this.#pending.method}` : 'between requests'}`
      : `cannot start an agent by ${quote(command)}`;
    const failure = this.#hello
      ? (text: string) => new AgentFailure(null, text)
      : (text: string) => new BackendError(text);
    const tell = async (): Promise<unknown> => {
      await end();
      await this.#process.kill();
      const how = await Promise.race([this.#process.ended, 'the system cannot end it']);
      return failure(`${what}: ${[reason, how, this.#process.lastWords()].filter(Boolean).join('; ')}`);
    };
    this.#settle(tell());
  }

  /** Stops waiting for anything; whoever waits is told once the process has ended. */
  #settle(broken: Promise<unknown>): void {
    if (this.#broken) return;
    this.#broken = broken;
    this.#silence.stop();
    this.#quiet.stop();
    this.#pending?.limit.stop();
    this.#options.signal.removeEventListener('abort', this.#abort);
    const { reject } = this.#pending ?? this.#greet;
    this.#pending = null;
    broken.then(reject);
  }

  readonly #abort = (): void => {
    const { reason } = this.#options.signal;
    // At once, and not when the process has ended.
    (this.#pending ?? this.#greet).reject(reason);
    this.#settle(this.#process.kill().then(() => reason));
  };
}

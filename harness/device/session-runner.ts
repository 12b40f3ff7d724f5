import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../../datasets/sha256.ts';
import type { Tensor } from '../../reference/tensor.ts';
import { BackendError } from '../errors.ts';
import type { AgentAnswer, AgentConnection } from './agent-connection.ts';
import { AgentFailure } from './agent-failure.ts';
import type { LocalFile } from './agent-files.ts';
import { inferResult, measureResult, type SessionDescription } from './agent-messages.ts';
import { type AgentOptions, DEFAULT_SECONDS } from './agent-options.ts';
import { checkOutputShape } from './check-output-shape.ts';
import { checkedResult } from './checked-result.ts';
import type { DeviceInference, DeviceMeasurement, DeviceSession, MeasureOptions } from './device-session.ts';
import { npyFromTensor, tensorFromNpy } from './npy-payload.ts';
import { openSession } from './open-session.ts';
import { RecentInputs } from './recent-inputs.ts';
import { RestartingAgent } from './restarting-agent.ts';
import type { SessionSpec } from './session-spec.ts';

/** Beyond the seconds that a measurement was given: its first and last inferences, however slow. */
const MEASURE_MARGIN = 2;

/** A session's requests, one after the other, over an agent that may be started again in between. */
export class SessionRunner implements DeviceSession {
  readonly #spec: SessionSpec;
  readonly #options: AgentOptions;
  readonly #agent: RestartingAgent<RecentInputs>;
  #description: SessionDescription | null = null;
  #turn: Promise<void> = Promise.resolve();
  #inferences = 0;
  /** The last output, as it came: what is handed out is the caller's own. */
  #known: { readonly sha256: string; readonly npy: Uint8Array } | null = null;

  constructor(options: AgentOptions, spec: SessionSpec, file: LocalFile) {
    this.#spec = spec;
    this.#options = options;
    this.#agent = new RestartingAgent(options, async (connection) => {
      this.#accept(await openSession(connection, spec, file, options));
      return new RecentInputs();
    });
  }

  async open(): Promise<void> {
    await this.#agent.run('open', async () => undefined);
  }

  get description(): SessionDescription {
    return this.#description!;
  }

  get restarts(): readonly string[] {
    return this.#agent.restarts;
  }

  infer(batch: Tensor): Promise<DeviceInference> {
    return this.#inTurn(async () => {
      const what = `inference ${++this.#inferences}`;
      const npy = npyFromTensor(batch);
      return this.#agent.run(what, async (connection, inputs) => {
        const known = this.#known ? { knownOutput: this.#known.sha256 } : {};
        const { result, payloads } = await request(connection, inputs, 'infer', npy, known);
        const { hostMs, deviceMs, output } = checkedResult(inferResult, 'infer', result);
        const tensor = tensorFromNpy(this.#outputBytes(output, payloads), 'NAC');
        checkOutputShape(tensor, batch, this.#spec);
        return {
          output: tensor,
          hostMilliseconds: hostMs,
          ...(deviceMs === null ? {} : { deviceMilliseconds: deviceMs }),
        };
      });
    });
  }

  measure(batch: Tensor, { requests, seconds, contexts }: MeasureOptions): Promise<DeviceMeasurement> {
    return this.#inTurn(() => {
      const npy = npyFromTensor(batch);
      const limitSeconds =
        (this.#options.timeoutSeconds ?? DEFAULT_SECONDS.timeout) + MEASURE_MARGIN * seconds;
      return this.#agent.run('measure', async (connection, inputs) => {
        const params = { requests, seconds, contexts };
        const { result } = await request(connection, inputs, 'measure', npy, params, limitSeconds);
        return checkedResult(measureResult, 'measure', result);
      });
    });
  }

  close(): Promise<void> {
    // Restarts and the description are asked for as long as a backend lives, the output no more.
    this.#known = null;
    return this.#agent.close();
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#turn.then(work);
    // Whatever came of it is the caller's: an output that was kept here would live as long as the session is known.
    this.#turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #outputBytes(hash: string, payloads: AgentAnswer['payloads']): Uint8Array {
    const npy = payloads.get('output') ?? (this.#known?.sha256 === hash ? this.#known.npy : undefined);
    if (!npy) throw new BackendError("cannot use the agent's answer to infer: it has no output");
    this.#known = { sha256: hash, npy };
    return npy;
  }

  /** Figures of one session come from one device: another one after a restart would be mixed in with them. */
  #accept(description: SessionDescription): void {
    const known = this.#description ?? description;
    const { details: _, warnings, ...what } = description;
    const { details: __, warnings: warned, ...before } = known;
    if (!isDeepStrictEqual(what, before)) {
      throw new BackendError(
        `cannot go on with the agent that was started again: it is ${JSON.stringify(what)}, and was ${JSON.stringify(before)}`,
      );
    }
    this.#description = { ...description, warnings: [...new Set([...warned, ...warnings])] };
  }
}

/** A request with an input, which is sent along where the agent has it no more. */
async function request(
  connection: AgentConnection,
  inputs: RecentInputs,
  method: 'infer' | 'measure',
  npy: Uint8Array,
  params: Readonly<Record<string, unknown>>,
  limitSeconds?: number,
): Promise<AgentAnswer> {
  const input = sha256(npy);
  try {
    const answer = await connection.request(
      method,
      { input, ...params },
      {
        payloads: new Map(inputs.has(input) ? [] : [['input', npy]]),
        ...(limitSeconds === undefined ? {} : { limitSeconds }),
      },
    );
    inputs.used(input);
    return answer;
  } catch (error) {
    if (error instanceof AgentFailure) inputs.forget();
    throw error;
  }
}

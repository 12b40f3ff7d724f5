import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { encodeFrame, type Frame } from '../../../../harness/device/frame.ts';
import { FrameReader } from '../../../../harness/device/frame-reader.ts';
import { AGENT, python } from '../../../support/python.ts';

const FAKE = fileURLToPath(new URL('fake_serving_agent.py', import.meta.url));

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'mlu-agent-'));

/** The command of the agent's own server with the made-up sessions of `fake_serving_agent.py`. */
export const pythonAgentWords = (work: string, ...more: string[]): string[] => [
  ...[python!, FAKE, AGENT, '--work', work],
  ...more,
];

/** That agent, spoken with frame by frame, without the harness's connection. */
export class PythonAgent {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number | NodeJS.Signals>;
  stderr = '';
  readonly #frames: Frame[] = [];
  #wake = (): void => undefined;
  #requests = 0;

  constructor(work = newFolder(), ...more: string[]) {
    const [command, ...args] = pythonAgentWords(work, ...more);
    this.child = spawn(command!, args);
    const reader = new FrameReader();
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.#frames.push(...reader.push(chunk));
      this.#wake();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(signal ?? code!)),
    );
  }

  /** The next frame, heartbeats passed over unless they are asked for. */
  async next(heartbeats = false): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (!frame) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (heartbeats || frame.head.type !== 'heartbeat') return frame;
    }
  }

  send(
    method: string,
    params: Record<string, unknown> = {},
    payloads: Record<string, Uint8Array> = {},
  ): void {
    const head = { type: 'request', id: ++this.#requests, method, params };
    for (const piece of encodeFrame(head, new Map(Object.entries(payloads)))) this.child.stdin.write(piece);
  }

  async ask(method: string, params: Record<string, unknown> = {}, payloads: Record<string, Uint8Array> = {}) {
    this.send(method, params, payloads);
    const { head, payloads: answered } = await this.next();
    return { ...head, answered } as {
      type: string;
      kind?: string;
      message?: string;
      result?: Record<string, unknown>;
      answered: Map<string, Uint8Array>;
    };
  }
}

/** One that has said hello, and is killed when the test is over. */
export async function greeted(work?: string, ...more: string[]): Promise<PythonAgent> {
  const agent = new PythonAgent(work, ...more);
  onTestFinished(() => {
    agent.child.kill('SIGKILL');
  });
  expect((await agent.next()).head).toMatchObject({ type: 'hello', protocol: 1 });
  return agent;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Timers } from '../../datasets/fetch/timers.ts';
import { forget, killAtExit, OWN_GROUP, signalGroup } from './kill-group.ts';
import { TextTail } from './text-tail.ts';

const GRACE_SECONDS = 2;
/** For what an ended process has written, where something else that it started holds the other end. */
const DRAIN_SECONDS = 0.5;

export interface AgentProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves once the process has ended: `it ended with code 127`, or nothing where it was ended from here. */
  readonly ended: Promise<string>;
  /** What it has said last on stderr: `its stderr ends with "…"`, or nothing. */
  lastWords(): string;
  /**
   * Waits 2 seconds for it to end, with its stdin closed unless it has been `asked` to by a request; then sends its group SIGTERM,
   * and SIGKILL after 2 seconds more.
   */
  end(asked: boolean): Promise<void>;
  /** SIGKILL to its group at once. A process that the system cannot end, as one inside a driver, is let go of after 2 seconds. */
  kill(): Promise<void>;
}

/** Starts the command by the shell, in a process group of its own. Never throws: what cannot be started has ended. */
export function startAgentProcess(command: string, timers: Pick<Timers, 'alarm'>): AgentProcess {
  const child = spawn(command, { shell: true, detached: OWN_GROUP, stdio: 'pipe', windowsHide: true });
  const { pid } = child;
  if (pid !== undefined) killAtExit(pid);
  const tail = new TextTail();
  child.stderr.on('data', (chunk: Buffer) => tail.push(chunk));
  // Whoever writes hears of it from `ended`.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);

  let signalled = false;
  const ended = (async () => {
    const how = await exitOf(child);
    if (pid !== undefined) {
      // The shell that was started may have left behind what it started.
      signalGroup(pid, 'SIGKILL');
      forget(pid);
    }
    await within(timers, DRAIN_SECONDS, closed(child.stderr));
    return signalled ? '' : how;
  })();

  const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    signalled = true;
    signalGroup(pid, name);
  };
  const kill = async (): Promise<void> => {
    signal('SIGKILL');
    await within(timers, GRACE_SECONDS, ended);
    letGo(child);
  };
  return {
    input: child.stdin,
    output: child.stdout,
    ended,
    lastWords() {
      const lines = tail.lines();
      return lines.length > 0 ? `its stderr ends with "${lines.join(' | ')}"` : '';
    },
    async end(asked) {
      if (!asked) child.stdin.end();
      if (!(await within(timers, GRACE_SECONDS, ended))) {
        child.stdin.end();
        signal('SIGTERM');
        await within(timers, GRACE_SECONDS, ended);
      }
      await kill();
    },
    kill,
  };
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(signal ? `it was ended by ${signal}` : `it ended with code ${code}${signalOf(code)}`),
    );
  });
}

/** A shell gives 128 and the signal's number for what it ran, and so does Docker. */
function signalOf(code: number | null): string {
  const found = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  return found ? ` (${found[0]})` : '';
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.once('close', () => resolve());
  });
}

/** Nothing of it keeps this process from ending. */
function letGo(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  child.unref();
}

/** Whether something happens within so many seconds. */
async function within(
  timers: Pick<Timers, 'alarm'>,
  seconds: number,
  event: Promise<unknown>,
): Promise<boolean> {
  let callOff = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    callOff = timers.alarm(seconds * 1000, () => resolve(false));
  });
  try {
    return await Promise.race([event.then(() => true), late]);
  } finally {
    callOff();
  }
}

import type { Timers } from '../../datasets/fetch/timers.ts';

/** How far something is that takes long. */
export interface AgentProgress {
  /** What is being done: `sending yolox_s.pth`, `compiling for 4 cores`. */
  readonly text: string;
  readonly done: number;
  /** null where nobody knows. */
  readonly total: number | null;
  readonly unit: 'bytes' | 'steps';
}

/** What the seconds of `AgentOptions` are where nothing is said. */
export const DEFAULT_SECONDS = { timeout: 600, export: 3600, silence: 30, hello: 120 } as const;

/** How an agent is started, and how long it is waited for. */
export interface AgentOptions {
  /** Goes to the shell: `python3 agent`, `docker exec -i mlu python3 /agent`, `ssh host python3 agent`. */
  readonly command: string;
  /**
   * For the first word and each request; 600 for a request, and 3600 for an export, since a compiler of the vendor's may take
   * its time.
   */
  readonly timeoutSeconds?: number;
  /** Without a single byte from the agent, whose heart beats every 2 seconds; 30. */
  readonly silenceSeconds?: number;
  /** Until its first word, instead of `timeoutSeconds`: a container starts and torch is imported before it; 120. */
  readonly helloSeconds?: number;
  /** Ends the agent and everything that waits for it, at once. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: AgentProgress) => void;
  /** Called with a sentence for who waits: that the agent has said nothing yet, or is started again and why. */
  readonly tell?: (sentence: string) => void;
  readonly timers?: Pick<Timers, 'alarm'>;
}

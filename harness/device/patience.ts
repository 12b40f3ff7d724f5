import type { Timers } from '../../datasets/fetch/timers.ts';

const STEPS = 10;

/**
 * Rings once `seconds` have passed without a `restart`. They are waited for in ten steps, so that a JavaScript thread that was
 * held for minutes by an inference of its own has lost one step at most, and hears what lies in the pipe before the next.
 */
export interface Patience {
  restart(): void;
  stop(): void;
}

export function startPatience(timers: Pick<Timers, 'alarm'>, seconds: number, ring: () => void): Patience {
  let left = STEPS;
  const wait = () => timers.alarm((seconds * 1000) / STEPS, step);
  const step = (): void => {
    left--;
    if (left > 0) callOff = wait();
    else ring();
  };
  let callOff = wait();
  return {
    restart() {
      // One more, since a step is under way.
      left = STEPS + 1;
    },
    stop: () => callOff(),
  };
}

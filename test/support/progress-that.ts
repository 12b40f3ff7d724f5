import { type Progress, silentProgress } from '../../harness/terminal/progress.ts';

/** Stops, or does something else, when a named bar has advanced so many times. */
export function progressThat(label: string, steps: number, act: () => void): Progress {
  let counting = false;
  let count = 0;
  return {
    ...silentProgress,
    start: (started) => {
      counting = started === label;
    },
    advance: () => {
      if (counting && ++count === steps) act();
    },
  };
}

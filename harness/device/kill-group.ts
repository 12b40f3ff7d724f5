import { spawnSync } from 'node:child_process';

const WINDOWS = process.platform === 'win32';

/** A child of a group of its own hears no Ctrl-C of this terminal, which is for the harness alone; Windows has no such groups. */
export const OWN_GROUP = !WINDOWS;

/** Processes that must not outlive this one. */
const living = new Set<number>();
let watching = false;

/** Kills what `pid` leads, too, when this process ends in whatever way lets it do something. */
export function killAtExit(pid: number): void {
  living.add(pid);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const each of living) signalGroup(each, 'SIGKILL');
  });
}

export function forget(pid: number): void {
  living.delete(pid);
}

/** Sends a signal to a process and everything that it started; on Windows it ends them, whatever the signal. */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (WINDOWS) {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody is left; macOS says EPERM of a group that has nothing but zombies.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

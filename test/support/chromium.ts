import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));

/**
 * Whether the page can be looked at. In CI its absence is an error; on a user's machine the tests of the page say that
 * they were skipped.
 */
export const hasChromium: boolean = (() => {
  if (executablePath === undefined && process.env.CI)
    throw new Error('CI needs chromium, which is not installed');
  return executablePath !== undefined;
})();

/** A headless browser that talks to no one by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A page with everything it says on the console and asks for. */
export interface OpenPage {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

/** Opens a file as a user does, from `file://`. */
export async function openFile(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await (await browser.newContext(options)).newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`file://${path}`);
  return { page, said, asked };
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly impact: string | null }[];
  readonly passes: readonly { readonly id: string; readonly nodes: readonly unknown[] }[];
}

/** Holds a page, opened with `bypassCSP`, to axe: nothing serious, and contrasts that it could see. */
export async function expectAccessible(page: Page): Promise<void> {
  // Over the shadows at the edges axe cannot tell a contrast.
  await page.addStyleTag({ content: '.scroll, .chart { background: none !important; }' });
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  expect(passes.find(({ id }) => id === 'color-contrast')!.nodes.length).toBeGreaterThan(100);
}

/** Nothing makes the page itself scroll sideways on a narrow screen. */
export async function expectNoSidewaysScroll(browser: Browser, path: string): Promise<void> {
  const { page } = await openFile(browser, path, { viewport: { width: 400, height: 900 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400);
}

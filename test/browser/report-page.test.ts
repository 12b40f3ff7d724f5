import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, openBrowser } from '../support/chromium.ts';
import { expectAccessible, expectNoSidewaysScroll, openFile } from '../support/page-in-browser.ts';
import { runConfig } from '../support/run-config.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { suiteFolder } from '../support/suite-folder.ts';

/** Images with many objects, so that int8 changes something on each. */
const IMAGE_IDS = [397133, 386912, 329323, 87038];
const CHARTS = [
  'ap-by-backend',
  'category-differences',
  'precision-recall',
  'shifts',
  'sqnr',
  'saturation-by-layer',
  'latency-by-cores',
  'drift-waterfall',
  'pareto-front-0',
  'scaling-fit-0',
];

describe.skipIf(!hasShared || !hasChromium)('the report page in a browser, from file://', () => {
  const folder = suiteFolder();
  let browser: Browser;
  let path: string;

  beforeAll(async () => {
    browser = await openBrowser();
    const { folder: run } = await runConfig({
      weights: sharedPath('data', 'yolox_nano', 'yolox_nano.pth'),
      dataset: sharedPath('data', 'coco_val50'),
      imageIds: IMAGE_IDS,
      backends: ['cpu-float', 'int16', 'int8', 'mlu-online', 'mlu-offline'],
      quantized: {
        all: sharedPath('golden', 'quantize', 'yolox_nano_int16.pt'),
        int8: sharedPath('golden', 'quantize', 'yolox_nano_int8.pt'),
      },
      cores: [1, 2],
      latencySamples: 7,
      latencySeconds: 1,
      noiseFloorImages: 1,
      budgets: { AP: 0.01 },
      out: join(folder, 'run'),
    });
    path = join(run, 'report.html');
  });
  afterAll(() => browser?.close());

  const open = (options?: BrowserContextOptions) => openFile(browser, path, options);

  test.each(['light', 'dark'] as const)(
    'in %s: no console message, no request but itself, every chart live',
    async (colorScheme) => {
      const { page, said, asked } = await open({ colorScheme });
      for (const id of CHARTS) {
        // Vega gives a live view's element the class of its bindings; a still drawing has none.
        await page.waitForSelector(`#${id} .drawing.vega-live svg`, { timeout: 10_000 });
        expect(await page.locator(`#${id} svg path`).count(), id).toBeGreaterThan(3);
      }
      expect(await page.locator('figure.chart').count()).toBe(CHARTS.length);
      expect(said).toEqual([]);
      expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([`file://${path}`]);
    },
  );

  test('without scripts every chart is drawn all the same', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for (const id of CHARTS)
      expect(await page.locator(`#${id} .drawing svg path`).count(), id).toBeGreaterThan(3);
  });

  test.each(['light', 'dark'] as const)(
    'in %s: axe finds nothing serious, and every contrast it can see is enough',
    async (colorScheme) => {
      const { page } = await open({ colorScheme, bypassCSP: true });
      await page.waitForSelector('#ap-by-backend .drawing.vega-live svg');
      await expectAccessible(page);
    },
  );

  test('headings go down by one, tables have captions and heads with a scope, charts say what they show', async () => {
    const { page } = await open();
    const levels = await page.evaluate<number[]>(
      `[...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1]))`,
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (let i = 1; i < levels.length; i++) expect(levels[i]! - levels[i - 1]!).toBeLessThanOrEqual(1);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('table')].every((t) => t.caption?.textContent && [...t.querySelectorAll('th')].every((th) => th.scope))`,
      ),
    ).toBe(true);
    const drift = await page.locator('#drift-waterfall [role="img"]').getAttribute('aria-label');
    expect(drift).toMatch(/^Chart: From cpu-float .*The figures are in the table below\.$/);
    for (const landmark of ['banner', 'main', 'navigation'] as const)
      expect(await page.getByRole(landmark).count(), landmark).toBe(1);
  });

  test('the verdict stands first, then the steps of the drift with their intervals', async () => {
    const { page } = await open();
    expect(await page.locator('main > *').first().textContent()).toMatch(/^Cannot tell: /);
    expect(await page.locator('main section').first().getAttribute('id')).toBe('drift');
  });

  test('the first Tab leads to a link past the head, and that to the figures', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the figures');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: expect.any(Number) });
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#drift$/);
  });

  test('a table is sorted by keyboard, down and up, and says so; rows that belong together stay together', async () => {
    const { page } = await open();
    const names = () => page.locator('#categories tbody tr th').allTextContents();
    const before = await names();
    const head = page.locator('#categories thead th').nth(1);
    await head.locator('button').focus();
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const boxes = async () =>
      (await page.locator('#categories tbody tr td:nth-child(2)').allTextContents()).map(Number);
    expect(await boxes()).toEqual([...(await boxes())].sort((a, b) => a - b));
    await page.keyboard.press('Space');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await boxes()).toEqual([...(await boxes())].sort((a, b) => b - a));
    expect([...(await names())].sort()).toEqual([...before].sort());
    await page.locator('#accuracy thead button').nth(1).click();
    const rows = await page.locator('#accuracy tbody tr th').allTextContents();
    expect(rows[0]).toMatch(/^int8/);
    expect(rows[1]).toBe('  difference');
  });

  test('without scripts the tables are plain, and on paper they are whole', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await page.locator('thead button').count()).toBe(0);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.skip').isVisible()).toBe(false);
    const cut = await page.evaluate<number>(
      `[...document.querySelectorAll('.scroll')].filter((e) => getComputedStyle(e).overflowY !== 'visible').length`,
    );
    expect(cut).toBe(0);
  });

  test('nothing scrolls by itself for who wants less motion', async () => {
    const behaviour = async (reducedMotion: 'reduce' | 'no-preference') => {
      const { page } = await open({ reducedMotion });
      return page.evaluate(`getComputedStyle(document.documentElement).scrollBehavior`);
    };
    expect(await behaviour('reduce')).toBe('auto');
    expect(await behaviour('no-preference')).toBe('smooth');
  });

  test('text stands out from the ground in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open({ colorScheme });
      const [ground, text] = await page.evaluate<[string, string]>(
        `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('#ap-by-backend text')).fill]`,
      );
      expect(brightness(ground) > 128, colorScheme).toBe(colorScheme === 'light');
      expect(Math.abs(brightness(ground) - brightness(text)), colorScheme).toBeGreaterThan(100);
    }
  });

  test('at 400 px nothing makes the page itself scroll sideways', async () => {
    await expectNoSidewaysScroll(browser, path);
  });

  test('the gallery shows one backend at a time, switched by keyboard', async () => {
    const { page } = await open();
    const shown = () =>
      page.evaluate<string[]>(
        `[...new Set([...document.querySelectorAll('.layer')].filter((l) => getComputedStyle(l).display !== 'none').map((l) => l.classList[1]))]`,
      );
    expect(await page.locator('#gallery figure').count()).toBeGreaterThan(0);
    expect(await shown()).toEqual(['layer-1']);
    await page.focus('#gallery-1');
    await page.keyboard.press('ArrowRight');
    expect(await shown()).toEqual(['layer-2']);
  });

  test('Tab reaches every chart, table and the switch', async () => {
    const { page } = await open();
    const reached = new Set<string>();
    for (let i = 0; i < 220; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate<string>(
        `document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.tagName`,
      );
      reached.add(at);
    }
    for (const id of CHARTS) expect(reached).toContain(id);
    expect([...reached].some((name) => name.startsWith('gallery-'))).toBe(true);
    expect(reached).toContain('AP by category, worst loss first');
  });

  test('a link to a category leads to its row', async () => {
    const { page } = await open();
    await page.goto(`file://${path}#category-person`);
    expect(await page.locator('tr:target th').textContent()).toBe('person');
  });

  test('the policy names one script by its hash and allows no eval; the page is at most 2 MB without its pictures', async () => {
    const { page } = await open();
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    expect(policy).toMatch(/script-src 'sha256-[^']+';/);
    expect(policy).not.toContain('unsafe-eval');
    const pictures = await page.evaluate<number>(
      `[...document.querySelectorAll('#gallery image')].reduce((sum, image) => sum + image.getAttribute('href').length, 0)`,
    );
    expect((await stat(path)).size - pictures).toBeLessThan(2_000_000);
  });
});

function brightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

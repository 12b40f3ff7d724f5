import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHistory, recordRun } from '../../harness/store/history/index.ts';
import { createRandom } from '../../reference/random.ts';
import { captureCli } from '../support/capture-cli.ts';
import { hasChromium, openBrowser } from '../support/chromium.ts';
import { madeUpNight } from '../support/made-up-night.ts';
import { madeUpRecord } from '../support/made-up-record.ts';
import { expectAccessible, expectNoSidewaysScroll, openFile } from '../support/page-in-browser.ts';
import { suiteFolder } from '../support/suite-folder.ts';

describe.skipIf(!hasChromium)('the nightly page in a browser, from file://', () => {
  const dir = suiteFolder();
  const path = join(dir, 'nightly.html');
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
    const file = join(dir, 'history.sqlite');
    const history = await openHistory(file, { mode: 'write' });
    const random = createRandom(1);
    for (let night = 0; night < 60; night++) {
      const p50Ms = 10 * (1 + 0.02 * random.gaussian());
      recordRun(
        history,
        madeUpRecord({ night, ap: night === 15 ? 0.2 : night < 40 ? 0.3231 : 0.3131, p50Ms }),
      );
    }
    history.close();
    const flags = ['--history', file, '--quiet'];
    const before = madeUpNight(dir, { night: 60 });
    expect(
      (await captureCli('history', 'baseline', 'main', before, '--reason', 'r', ...flags)).exitCode,
    ).toBe(0);
    const now = madeUpNight(dir, { night: 61, lost: 0.3 });
    expect((await captureCli('gate', now, '--baseline', 'main', '--record', ...flags)).exitCode).toBe(1);
    expect(await captureCli('history', 'page', '--history', file, '--out', path)).toMatchObject({
      exitCode: 0,
      stdout: `${path}\n`,
    });
  });
  afterAll(() => browser?.close());

  const open = (options?: BrowserContextOptions) => openFile(browser, path, options);

  test('the latest verdict first, then what changed, figures with charts, and the runs; nothing is asked for', async () => {
    const { page, said, asked } = await open();
    expect(await page.locator('.verdict').textContent()).toMatch(/^REGRESSED: AP of int16 \(emulated\): /);
    expect(await page.locator('#gate tbody').first().textContent()).toContain('regressed');
    expect(await page.locator('#figure-AP figure svg path').count()).toBeGreaterThan(3);
    expect(await page.locator('#figure-AP > p').textContent()).not.toBe('');
    expect(await page.locator('#runs tbody').count()).toBe(62);
    expect(await page.locator('#runs tbody').first().textContent()).toContain('regressed');
    expect(said).toEqual([]);
    expect(asked).toEqual([`file://${path}`]);
  });

  test.each(['light', 'dark'] as const)('in %s: axe finds nothing serious', async (colorScheme) => {
    const { page } = await open({ colorScheme, bypassCSP: true });
    await expectAccessible(page);
  });

  test('after a change of weights both series are in the chart, and one night is a dot that can be seen', async () => {
    const [history, changed] = [join(dir, 'weights.sqlite'), join(dir, 'weights.html')];
    const made = await openHistory(history, { mode: 'write' });
    for (let night = 0; night < 9; night++) {
      recordRun(made, madeUpRecord({ night, weights: (night < 8 ? 'b' : 'd').repeat(64) }));
    }
    made.close();
    await captureCli('history', 'page', '--history', history, '--out', changed);
    const { page } = await openFile(browser, changed, { bypassCSP: true });
    const chart = page.locator('#figure-AP figure svg');
    const drawn = await chart.boundingBox();
    const dots = chart.locator('[aria-roledescription="point"]');
    expect(await dots.count()).toBe(2);
    for (const dot of await dots.all()) {
      const box = (await dot.boundingBox())!;
      expect(box.width).toBeGreaterThan(4);
      expect(box.x + box.width).toBeLessThanOrEqual(drawn!.x + drawn!.width);
    }
    // Dashed lines and levels of the older series of both backends.
    expect(await chart.locator('[stroke-dasharray="4,3"]').count()).toBe(4);
    expect(await page.locator('#figure-AP tbody').allTextContents()).toContainEqual(
      expect.stringContaining('older: weights bbbbbbbb → dddddddd'),
    );
    await expectAccessible(page);
  });

  test('at 400 px nothing makes the page itself scroll sideways', async () => {
    await expectNoSidewaysScroll(browser, path);
  });

  test('tables sort by the keyboard; without scripts the page is complete', async () => {
    const { page } = await open();
    await page.locator('#runs th button').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#runs tbody th').first().textContent()).toBe('1');
    const { page: still } = await open({ javaScriptEnabled: false });
    expect(await still.locator('#runs tbody').count()).toBe(62);
    expect(await still.locator('#figure-AP figure svg path').count()).toBeGreaterThan(3);
  });
});

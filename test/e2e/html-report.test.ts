import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOAK_FORMATS } from '../../src/report/soak/formats.ts';
import { soakReport } from '../../src/report/soak/json.ts';
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import { DashboardPage as ReportPage, startBrowser } from '../support/dashboard-page.ts';
import { hostileReport } from '../support/hostile-report.ts';
import { root, runProgram } from '../support/program.ts';
import { foundBrowser } from '../support/real-servers/found.ts';
import { load, soakResult, soundRecord } from '../support/run-record.ts';

const found = foundBrowser();
const why = 'missing' in found ? ` (no Chromium: ${found.missing})` : '';
/** Where the pictures go; git does not look there. */
const pictures = join(root, 'node_modules', '.cache', 'browser');
const PHONE = { viewport: { width: 390, height: 844 } };

/** Memory that grows, a threshold that is broken, a client of each state, and an incident. */
function failingReport(): SoakReport {
  const record = soundRecord((sound) => {
    load(sound, 120_000, (tMs) => 100e6 + tMs * 90);
    sound.incidents = [{ kind: 'reconnect-all', tMs: 60_000 }];
    sound.summary.counts.lost = 3;
    for (const point of sound.series) point.reconnects = point.tMs === 62_000 ? 8 : 0;
  });
  return soakReport(soakResult(record, { threshold: ['latency.p99<1ms', 'events.lost==0'] }));
}

/** How wide each drawn chart is, by its name. */
function drawn({ page }: ReportPage): Promise<Record<string, number>> {
  return page.evaluate(
    "Object.fromEntries(Array.from(document.querySelectorAll('.chart:has(.plot)'), (chart) => [chart.id, chart.querySelector('canvas')?.clientWidth ?? 0]))",
  );
}

function overflow({ page }: ReportPage): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}

describe.skipIf('missing' in found)(`the HTML report in Chromium${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-html-'));
  let browser: Browser;
  beforeAll(async () => {
    if ('missing' in found) return;
    mkdirSync(pictures, { recursive: true });
    browser = await startBrowser(found.found);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function opened(file: string, options: BrowserContextOptions = {}): Promise<ReportPage> {
    return ReportPage.open(browser, pathToFileURL(file).href, options);
  }

  async function shown(report: SoakReport, options: BrowserContextOptions = {}): Promise<ReportPage> {
    const file = join(folder, 'report.html');
    writeFileSync(file, await SOAK_FORMATS.html(report));
    return opened(file, options);
  }

  it.each([
    ['on a desk, light', {}],
    ['on a phone, dark', { ...PHONE, colorScheme: 'dark' }],
  ] satisfies [string, BrowserContextOptions][])(
    'draws every chart within the page %s, and asks nothing of anybody',
    async (name, options) => {
      const report = await shown(failingReport(), options);
      const charts = await drawn(report);
      expect(Object.keys(charts)).toHaveLength(10);
      for (const [chart, width] of Object.entries(charts)) expect([chart, width > 300]).toEqual([chart, true]);
      expect(await overflow(report)).toBe(0);
      expect(report.requests).toHaveLength(1);
      expect(report.surprises).toEqual([]);
      const back = await report.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(back).toBe('colorScheme' in options ? 'rgb(18, 22, 28)' : 'rgb(255, 255, 255)');
      await report.page.screenshot({ path: join(pictures, `report ${name}.png`), fullPage: true });
      await report.close();
    },
  );

  it('says everything without a script, and shows a table in place of each chart', async () => {
    const report = await shown(failingReport(), { javaScriptEnabled: false });
    await report.page.locator('#chart-latency summary').click();
    const text = await report.text('body');
    for (const words of ['FAIL', 'event-lost', 'latency.p99<1ms', 'What to do:', 'Not judged', '--seed=42'])
      expect(text).toContain(words);
    expect(text).toContain('Charts are drawn by a script, which does not run here.');
    expect(await report.page.locator('#chart-latency tbody tr').count()).toBeGreaterThan(30);
    expect(await report.page.locator('.plot').first().isVisible()).toBe(false);
    await report.close();
  });

  it('shows the values under the pointer beside the keys of all charts over time', async () => {
    const report = await shown(failingReport());
    const value = (chart: string): Promise<string> => report.text(`#chart-${chart} li:first-child .value`);
    expect(await value('events')).toMatch(/^max 9\/s$/);
    await report.page.locator('#chart-latency .u-over').hover();
    expect(await value('events')).toBe('9/s');
    expect(await value('latency')).toBe('0.4ms');
    await report.close();
  });

  it.each([0, 23])('obeys no text of others, whatever stands in the report (%i)', async (first) => {
    const report = await shown(hostileReport(failingReport(), first), PHONE);
    const dialogs: string[] = [];
    report.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await report.page.reload();
    await report.page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
    expect(await report.page.evaluate("document.querySelectorAll('script').length")).toBe(2);
    const added =
      "document.querySelectorAll('img, iframe, a, form, link, base, svg[onload], [onerror], [style]:not(.uplot *)').length";
    expect(await report.page.evaluate(added)).toBe(0);
    expect(dialogs).toEqual([]);
    expect(new Set(report.requests).size).toBe(1);
    expect(report.surprises).toEqual([]);
    expect(await overflow(report)).toBe(0);
    await report.close();
  });

  it('is written by the program, and tells what a run of seconds could not judge', async () => {
    const file = join(folder, 'run.html');
    const { code } = await runProgram(['soak', '--clients=5', '--ramp=1s', '--duration=2s', `--report=html=${file}`]);
    expect(code).toBe(0);
    const report = await opened(file, PHONE);
    expect(await report.text('h1')).toMatch(/PASS/);
    expect(await report.text('#judged')).toContain('--duration 2m');
    expect(Object.values(await drawn(report)).every((width) => width > 300)).toBe(true);
    expect(await overflow(report)).toBe(0);
    expect(report.surprises).toEqual([]);
    await report.close();
  });
});

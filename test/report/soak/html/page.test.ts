import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { SOAK_FORMATS } from '../../../../src/report/soak/formats.ts';
import { soakReport } from '../../../../src/report/soak/json.ts';
import type { SoakReport } from '../../../../src/report/soak/soak-report.ts';
import { hostileReport } from '../../../support/hostile-report.ts';
import { second, soakResult, soundRecord } from '../../../support/run-record.ts';

const DAY_SECONDS = 86_400;

function pageOf(report: SoakReport): string | Promise<string> {
  return SOAK_FORMATS.html(report);
}

/** A day, second by second, with a value of its own in each of them. */
function dayReport(): SoakReport {
  const record = soundRecord((sound) => {
    sound.series = Array.from({ length: DAY_SECONDS }, (_, at) =>
      second((at + 1) * 1000, {
        events: at % 997,
        latencyP50Ms: 1 + (at % 101) / 7,
        latencyP99Ms: 20 + (at % 1009) / 13,
        latencyMaxMs: 90 + (at % 2003) / 17,
        rssBytes: 60_000_000 + at * 311,
        reconnects: at % 13 === 0 ? 1 : 0,
      }),
    );
  });
  return soakReport(soakResult(record));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

it('the HTML report allows no script and no style but its own, by their hashes, and names no other address', async () => {
  const page = await pageOf(soakReport(soakResult(soundRecord())));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  const [style = ''] = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, text]) => text as string);
  const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, text]) => text as string);
  expect(scripts).toHaveLength(1);
  expect(policy.split('; ').slice(0, 3)).toEqual([
    "default-src 'none'",
    `script-src 'sha256-${hash(scripts[0] ?? '')}'`,
    `style-src 'sha256-${hash(style)}'`,
  ]);
  expect(page).not.toMatch(/ (?:style|on\w+|src|href)=/);
});

it('the HTML report of a day, second by second, is less than 3 MB', async () => {
  const page = await pageOf(dayReport());
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
});

it('the HTML report has no markup of others, whatever their texts are', async () => {
  const report = soakReport(soakResult(soundRecord(), { threshold: ['events.lost==0'] }));
  const known = new Set((await pageOf(report)).match(/<[a-z!/][^\s>]*/gi));
  for (const tag of ['<article', '</article>', '<details>', '<strong', '<code', '<br', '<li', '<ul', '<rect', '<svg'])
    known.add(tag.replace('>', ''));
  for (const first of [0, 17, 34]) {
    const page = await pageOf(hostileReport(report, first));
    const body = page.slice(page.indexOf('<body>'), page.indexOf('<script'));
    expect(body.match(/<[a-z!/][^\s>]*/gi)?.filter((tag) => !known.has(tag))).toEqual([]);
    expect(body).not.toMatch(/[\0\u001b\u0007\u2028\u202e\u200b]/);
  }
});

it('the HTML report says first what the verdict is and why, then what was not judged and what would close the gap', async () => {
  const record = soundRecord(({ summary }) => {
    summary.counts.lost = 2;
  });
  const page = await pageOf(soakReport(soakResult(record, { threshold: ['latency.p99<1ms'] })));
  const places = [
    '>FAIL<',
    'latency.p99&lt;1ms',
    '<code>event-lost</code>',
    'Not judged',
    'Key figures',
    '<section id="charts"',
  ].map((text) => page.indexOf(text));
  expect(places.toSorted((one, other) => one - other)).toEqual(places);
  expect(Math.min(...places)).toBeGreaterThan(0);
  const closes = [...page.matchAll(/<span class="closes">(.*?)<\/span><\/li>/g)].map(([, text = '']) =>
    text.replaceAll(/<[^>]*>/g, ''),
  );
  expect(closes).toContainEqual(expect.stringMatching(/--duration 2m/));
  const [, command = ''] = /<pre class="command"[^>]*><code>(.*?)<\/code>/.exec(page) ?? [];
  expect(command.replaceAll(/<[^>]*>/g, '')).toMatch(
    /^sse-probe soak .*&#39;--threshold=latency\.p99&lt;1ms&#39;.*--seed=42|--seed=42.*--threshold/,
  );
});

it('the HTML report is made again from a JSON report that was kept, and had fewer options then', async () => {
  const kept = JSON.parse(JSON.stringify(soakReport(soakResult(soundRecord())))) as { plan: Record<string, unknown> };
  delete kept.plan['serverMetrics'];
  delete kept.plan['waitMs'];
  expect((await pageOf(kept as unknown as SoakReport)).length).toBeGreaterThan(10_000);
});

import { expect, it } from 'vitest';
import { endedHtml, type RunningNow, runningHtml } from '../../../../src/report/soak/html/live-page.ts';
import { soakReport } from '../../../../src/report/soak/json.ts';
import { hostileReport } from '../../../support/hostile-report.ts';
import { load, soakResult, soundRecord } from '../../../support/run-record.ts';

const NOW: RunningNow = {
  phase: 'load',
  progress: { doneMs: 12_300, totalMs: 35_000 },
  text: '',
  questions: [
    { id: 'loss', hasEnough: true },
    { id: 'clean-up', hasEnough: false },
  ],
};
const report = soakReport(
  soakResult(
    soundRecord((sound) => {
      load(sound, 12_000, () => 100e6);
      sound.summary.counts.lost = 3;
    }),
    { threshold: ['events.lost==0'] },
  ),
);

function tags(html: string): Set<string> {
  return new Set(html.match(/<\/?[a-z][^\s>]*/gi));
}

it('the page of a run says how far it is and what it can judge, and none of the findings so far', async () => {
  const page = await runningHtml(NOW, report);
  expect(page).toContain('Load: 12s of 35s');
  expect(page).toContain('enough for 1 of 2 questions');
  expect(page).toContain('clean up</strong> <span class="by">not yet');
  expect(page).toContain('events.lost==0');
  expect(page).toContain('id="chart-latency"');
  expect(report.findings.map(({ id }) => id)).toContain('event-lost');
  expect(page).not.toContain('event-lost</code>');
  expect(page).not.toContain('FAIL');
});

it('the page of a run asks its own server only', async () => {
  for (const page of [await runningHtml(NOW, report), await endedHtml(report)])
    expect(page).toMatch(/content="default-src 'none'; [^"]*; connect-src 'self'; base-uri 'none'/);
});

it('the page of a run that has not begun says what it waits for, without markup of others', async () => {
  const page = await runningHtml({ ...NOW, phase: 'waiting', text: '<b>refused</b> by x', questions: [] }, null);
  expect(page).toContain('Waiting: 12s of 35s, &lt;b&gt;refused&lt;/b&gt; by x');
});

it('the page of a run that is over is its report, and says that it goes with the program', async () => {
  const page = await endedHtml(report);
  expect(page).toContain('event-lost</code>');
  expect(page).toMatch(/ends when this page is closed/);
});

it('the page of a run has no markup of others, whatever their texts are', async () => {
  const known = tags(`${await runningHtml(NOW, report)}${await endedHtml(report)}`);
  for (const first of [0, 17, 34])
    for (const tag of tags(await runningHtml(NOW, hostileReport(report, first))))
      expect([
        ...known,
        '<strong',
        '<code',
        '<br',
        '<li',
        '<ul',
        '<rect',
        '<svg',
        '</code',
        '</strong',
        '</li',
        '</ul',
      ]).toContain(tag);
});

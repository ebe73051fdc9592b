import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/run-record.ts';
import { COMMENT_BYTES, SUMMARY_BYTES } from '../../../src/report/markdown.ts';
import { soakGithub } from '../../../src/report/soak/github.ts';
import { soakReport } from '../../../src/report/soak/json.ts';
import { soakMarkdown } from '../../../src/report/soak/markdown.ts';
import { anyText, HOSTILE_TEXTS, runs } from '../../support/hostile-result.ts';
import { hostileReport } from '../../support/hostile-run.ts';
import { tableRows, tableShape } from '../../support/markdown-tables.ts';
import { soakResult, soundRecord } from '../../support/run-record.ts';

function markdownOf(change: (record: RunRecord) => void = () => {}, threshold: string[] = []): string {
  return soakMarkdown(soakReport(soakResult(soundRecord(change), { threshold })));
}

/** What has to be the same whatever text is inside. */
function shape(text: string): unknown {
  const markdown = soakMarkdown(hostileReport(text), SUMMARY_BYTES);
  const parts = markdown.split(/^(`{3,})sh\n[^\n]*\n\1$/m);
  expect(parts.length).toBe(3);
  // Outside of the fence no text of others has a meaning.
  const outside = `${parts[0]}${parts[2]}`.replaceAll(/<\/?(?:details|summary)>/g, '');
  expect(outside).not.toMatch(/[<>`@]|www\.|:\/\//);
  return [markdown.split('\n').length, tableShape(markdown)];
}

it('a soak as Markdown begins with the verdict, the target and what the verdict rests on', () => {
  expect(markdownOf().split('\n').slice(0, 3)).toEqual([
    '## ✅ PASS: built-in server',
    '',
    'no defect found: 10 clients, nothing lost or duplicated, 1 stalled client evicted in time',
  ]);
});

it('a soak as Markdown has the reasons before the figures, each with what to do', () => {
  const markdown = markdownOf(
    ({ summary }) => {
      summary.counts.lost = 21;
    },
    ['events.lost==0', 'latency.p99<250ms', 'reconnect.max<1s'],
  );
  expect(markdown).toContain('## ❌ FAIL: built-in server\n\n1 finding, 2 thresholds broken\n');
  expect(markdown).toMatch(/\n- ❌ \*\*event-lost\*\*: 21 events never arrived [^\n]+ {2}\n {2}→ Look for a queue/);
  expect(tableRows(markdown)).toEqual(
    expect.arrayContaining([
      ['❌', 'events.lost==0', 'measured 21'],
      ['✅', 'latency.p99&#60;250ms', 'measured 9.9ms'],
      ['❔', 'reconnect.max&#60;1s', 'not measured'],
    ]),
  );
  expect(markdown.indexOf('**event-lost**')).toBeLessThan(markdown.indexOf('| threshold |'));
  expect(markdown.indexOf('| threshold |')).toBeLessThan(markdown.indexOf('| clients |'));
});

it('a soak as Markdown has a table of the times that were measured', () => {
  const rows = tableRows(markdownOf());
  const head = rows.findIndex(([name]) => name === 'time');
  expect(rows[head]).toEqual(['time', 'p50', 'p90', 'p95', 'p99', 'max']);
  expect(rows[head + 2]).toEqual(['latency', '5ms', '9ms', '9.5ms', '9.9ms', '10ms']);
  expect(rows.map(([name]) => name)).not.toContain('completion');
});

it('a soak as Markdown says what was judged and by what, and what would close each gap', () => {
  const rows = tableRows(markdownOf());
  expect(rows).toContainEqual(['✅', 'loss', 'by numbers in the data']);
  expect(rows.find(([, id]) => id === 'memory')?.[2]).toMatch(/^not judged: .*--duration/);
});

it('a soak as Markdown has the command that repeats the run', () => {
  expect(markdownOf(() => {}, ['latency.p99<250ms'])).toContain(
    "```sh\nsse-probe soak --seed=42 '--threshold=latency.p99<250ms'\n```\n",
  );
});

it('a soak as Markdown keeps its tables, its folds and its fence whatever a server says', () => {
  const plain = shape('x');
  for (const text of HOSTILE_TEXTS) expect(shape(text)).toEqual(plain);
  fc.assert(
    fc.property(anyText, (text) => {
      fc.pre(text !== '');
      expect(shape(text)).toEqual(plain);
    }),
    { ...runs, numRuns: 60 },
  );
});

it('a soak as Markdown is a comment that GitHub takes, and a summary that it takes, however much there is to say', () => {
  const long = hostileReport('@'.repeat(100_000));
  const findings = Array.from({ length: 60 }, () => long.findings[0]).filter((one) => one !== undefined);
  const thresholds = Array.from({ length: 100 }, () => long.thresholds[0]).filter((one) => one !== undefined);
  const report = { ...long, findings, thresholds };
  const comment = soakMarkdown(report);
  expect(Buffer.byteLength(comment)).toBeLessThan(65_536);
  expect(Buffer.byteLength(comment)).toBeLessThan(COMMENT_BYTES + 100);
  expect(comment).toMatch(/^## ❌ FAIL: .*\n[^]*\n\*\d+ more sections left out: the report is too long\.\*\n$/);
  expect(Buffer.byteLength(soakGithub(report))).toBeLessThan(SUMMARY_BYTES);
});

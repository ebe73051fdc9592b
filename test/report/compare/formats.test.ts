import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import type { Comparison } from '../../../src/compare/comparison.ts';
import { COMPARE_FORMATS } from '../../../src/report/compare/formats.ts';
import { compareText } from '../../../src/report/compare/text.ts';
import { columnsIn } from '../../../src/report/columns.ts';
import { PLAIN } from '../../../src/report/paint.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-result.ts';
import { compared, keptReport, later } from '../../support/kept-report.ts';
import { tableShape } from '../../support/markdown-tables.ts';

const MIB = 1024 ** 2;
const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/compare-report.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

const same = compared(
  keptReport(),
  keptReport(() => {}, 2),
);

/** All that a comparison can say, with a text wherever a file can put one. */
function everything(text = 'It happened.'): Comparison {
  const base = keptReport((report) => {
    report.server.rssBytes.peak = 90 * MIB;
    report.findings = [
      { id: 'event-reordered', severity: 'fail', title: text, evidence: {}, hint: '' },
      { id: 'slow-client-evicted', severity: 'warn', title: text, evidence: {}, hint: '' },
    ];
    report.thresholds = [{ expression: 'latency.p99<25ms', actual: 20, unit: 'ms', status: 'pass' }];
  });
  const next = keptReport((report) => {
    later(report, 20);
    report.target = { ...report.target, embedded: false, url: text };
    report.environment = { ...report.environment, cpus: 64, platform: text };
    Object.assign(report.plan, { evictWithinMs: 5000, faults: [text] });
    report.events.lost = 7;
    report.verdict = 'fail';
    report.startedAt = text;
    report.findings = [
      { id: 'event-lost', severity: 'fail', title: text, evidence: {}, hint: '' },
      { id: 'slow-client-evicted', severity: 'warn', title: text, evidence: {}, hint: '' },
      { id: text as 'event-lost', severity: 'fail', title: text, evidence: {}, hint: '' },
    ];
    report.thresholds = [{ expression: 'latency.p99<25ms', actual: 40, unit: 'ms', status: 'fail' }];
  }, 2);
  return compared(base, next);
}

const loads = compared(
  keptReport(),
  keptReport((report) => {
    Object.assign(report.plan, { clients: 2000 });
    later(report, 20);
  }, 2),
);

it.each([
  ['two runs that are the same', same],
  ['all that a comparison can say', everything()],
  ['runs that cannot be compared', loads],
  ['hostile texts', everything('</script>\u001b[2J|\n')],
])('the published schema of a comparison admits what we write of %s', (_name, comparison) => {
  validate(JSON.parse(COMPARE_FORMATS.json(comparison)));
  expect(validate.errors ?? []).toEqual([]);
});

it('the text of two runs that are the same ends with the verdict', () => {
  const text = compareText(same, { paint: PLAIN, columns: null, quiet: false });
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^ {2}PASS {2}nothing is worse: \d+ figures are the same$/);
  expect(text).not.toMatch(/✗|✓|difference/);
});

it('the text of a worse run has what is worse before all else, and names it in the verdict', () => {
  const text = compareText(everything(), { paint: PLAIN, columns: 80, quiet: false });
  const places = [
    '  worse ',
    'events.lost',
    '✗ came fail event-lost',
    '✗ broke latency.p99<25ms',
    '✓ went',
    '  WORSE  ',
  ];
  expect(places.map((part) => text.indexOf(part)).every((at, index, all) => at > (all[index - 1] ?? 0))).toBe(true);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('2 findings came (event-lost, It happened.); 1 threshold broke');
  expect(text).toMatch(/ {2}bound differs +evict-within none → 5s\n/);
});

it('the text of runs that cannot be compared says why, and judges nothing', () => {
  const text = compareText(loads, { paint: PLAIN, columns: 80, quiet: false });
  expect(text).toMatch(/\n {2}would be worse /);
  expect(text.replaceAll(/\s+/g, ' ')).toContain('INCONCLUSIVE The load differs (clients)');
});

it('quiet is the verdict alone', () => {
  expect(compareText(same, { paint: PLAIN, columns: 80, quiet: true })).toMatch(
    /^PASS {2}nothing is worse: \d+ figures are the same\n$/,
  );
});

it.each([40, 80, 120])('no line of a table or a sentence is wider than %d columns', (columns) => {
  const lines = compareText(everything(), { paint: PLAIN, columns, quiet: false }).split('\n');
  const tooWide = lines.filter((line) => columnsIn(line) > Math.max(columns, 79));
  expect(tooWide).toEqual([]);
});

it.each(HOSTILE_TEXTS)('a comparison shows %.30j as text, in every format', async (hostile) => {
  const comparison = everything(hostile);
  const text = compareText(comparison, { paint: PLAIN, columns: 80, quiet: false });
  expect(stripVTControlCharacters(text)).toBe(text);
  const markdown = await COMPARE_FORMATS.markdown(comparison);
  expect(tableShape(markdown)).toEqual(tableShape(await COMPARE_FORMATS.markdown(everything())));
  expect(markdown).not.toContain('<script>');
  const html = await COMPARE_FORMATS.html(comparison);
  expect(tags(html)).toEqual(tags(await COMPARE_FORMATS.html(everything())));
});

it('the page of a comparison loads nothing and runs nothing', async () => {
  const html = await COMPARE_FORMATS.html(everything());
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/<script|<link|<img|src=|href=|url\(/);
});

it('the Markdown of a comparison begins with the verdict and has all metrics, folded', async () => {
  const markdown = await COMPARE_FORMATS.markdown(everything());
  expect(markdown).toMatch(/^## ❌ WORSE: \d+ figures are worse/);
  expect(markdown).toMatch(/<details><summary>\d+ metrics<\/summary>/);
});

function tags(page: string): string[] {
  return [...page.matchAll(/<[!/a-z][^>]*>/g)].map(([tag]) => tag);
}

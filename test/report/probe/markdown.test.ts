import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../../src/core/printable.ts';
import { markdownText } from '../../../src/report/markdown-text.ts';
import { probeMarkdown } from '../../../src/report/probe/markdown.ts';
import { anyText, hostileResult, runs } from '../../support/hostile-result.ts';
import { tableRows, tableShape } from '../../support/markdown-tables.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const markdown = probeMarkdown(PROBE_RESULT);

it('a probe as Markdown begins with the verdict and the target', () => {
  expect(markdown.split('\n')[0]).toBe('## ⚠️ WARNING: https&#58;//events.example.com/stream?token=REDACTED');
});

it('a probe as Markdown says what is wrong, the worst first, and what to do', () => {
  const troubles = markdown.split('\n').filter((line) => line.startsWith('- '));
  expect(troubles[0]).toBe('- ❌ **resume**: after coming back with Last-Event-ID 3 events were lost  ');
  expect(markdown).toContain('\n  → Keep the last events and send those after Last-Event-ID first.\n');
  expect(troubles.length).toBe(8);
});

it('a probe as Markdown has a row for each check, each proxy and each threshold', () => {
  const cells = tableRows(markdown);
  for (const { id } of PROBE_RESULT.checks) expect(cells.filter(([, name]) => name === id).length).toBe(1);
  for (const { name } of PROBE_RESULT.intermediaries) expect(cells.filter((row) => row[1] === name).length).toBe(1);
  expect(cells.some((row) => row.includes('firstEvent&#60;500ms') && row.includes('measured 1s'))).toBe(true);
});

it('a probe as Markdown makes nothing of a check that does not count', () => {
  const text = probeMarkdown(PROBE_RESULT, ['resume']);
  expect(text).not.toContain('**resume**');
  expect(tableRows(text)).toContainEqual([
    '➖',
    'resume',
    'ignored: after coming back with Last-Event-ID 3 events were lost',
  ]);
});

it('a probe as Markdown links the pages that the table of proxies comes from', () => {
  for (const { source } of PROBE_RESULT.intermediaries) expect(markdown).toContain(`| <${source}> |`);
});

it('a probe as Markdown has the figures with their units', () => {
  const cells = tableRows(markdown);
  const head = cells.findIndex((row) => row.includes('longest silence'));
  expect(cells[head + 2]?.[cells[head]?.indexOf('longest silence') ?? -1]).toBe('12s');
});

it('a probe as Markdown keeps its tables whatever a server says', () => {
  const plain = tableShape(probeMarkdown(hostileResult('x')));
  fc.assert(
    fc.property(
      anyText.filter((text) => text !== ''),
      (text) => {
        expect(tableShape(probeMarkdown(hostileResult(text)))).toEqual(plain);
      },
    ),
    { ...runs, numRuns: 100 },
  );
});

it('text of others inside Markdown has no character that could mean something, and reads as it was', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const escaped = markdownText(text);
      expect(escaped.replaceAll(/&#\d+;/g, '')).not.toMatch(/[&<>\\`*_[\]|~$!{}@#\n\r\t]/);
      expect(escaped).not.toMatch(/:\/\/|www\./i);
      const read = escaped
        .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
        .replaceAll('\u200b', '');
      expect(read).toBe(printable(text, 400).replaceAll('\t', ' '));
    }),
    runs,
  );
});

it.each([
  ['@everyone', '&#64;&#8203;everyone'],
  ['see #1', 'see &#35;&#8203;1'],
  ['https://e.example/', 'https&#58;//e.example/'],
  ['www.e.example', 'www&#46;e.example'],
  ['every 15s: "ping"', 'every 15s: "ping"'],
])('text of others inside Markdown writes %s as %s', (text, escaped) => {
  expect(markdownText(text)).toBe(escaped);
});

/** Every report of a probe, of a soak and of a stream that is listened to, with hostile text wherever a server puts some. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { ListenRecord } from '../../src/client/listener.ts';
import type { ProbeResult } from '../../src/probe/result.ts';
import { listenJson } from '../../src/report/listen/json.ts';
import { refusedAnswer, refusedAnswerLines } from '../../src/findings/refused-answer.ts';
import { listenText } from '../../src/report/listen/text.ts';
import { PROBE_FORMATS } from '../../src/report/probe/formats.ts';
import { probeJson } from '../../src/report/probe/json.ts';
import { PLAIN } from '../../src/report/paint.ts';
import { probeText } from '../../src/report/probe/text.ts';
import { soakReport } from '../../src/report/soak/json.ts';
import { SOAK_ASIDES, SOAK_FORMATS } from '../../src/report/soak/formats.ts';
import { textReport } from '../../src/report/soak/text.ts';
import { readExposition } from '../support/exposition-reader.ts';
import { anyText, hostileResult } from '../support/hostile-result.ts';
import { hostileReport, hostileRun } from '../support/hostile-run.ts';
import { annotationShape } from '../support/annotations.ts';
import { tableShape } from '../support/markdown-tables.ts';
import { PROBE_RESULT } from '../support/probe-result.ts';
import { root } from '../support/program.ts';
import { parseReport } from '../support/soak-report.ts';
import { readXml } from '../support/xml-reader.ts';
import { fuzz } from './target.ts';

/** What a terminal obeys, what ends a line for somebody, and what nobody sees. A report's own line ends are LF. */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** In JSON a character of no width is what it is; what a terminal obeys is escaped. */
const UNSAFE_IN_JSON = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const MOST_CHARACTERS = 300_000;

const validateProbe = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(root, 'schemas', 'probe-report.schema.json'), 'utf8')) as object,
);

/** What of a format has to be the same whatever a server says; each reader throws for what is not of its format. */
const SHAPES: Readonly<Record<keyof typeof PROBE_FORMATS, (text: string) => unknown>> = {
  nagios: (text) => [text.split('\n').length, text.split(' | ').length],
  prometheus: (text) => readExposition(text).samples.map(({ name, labels }) => [name, Object.keys(labels)]),
  junit: (text) => readXml(text).map(({ name }) => name),
  markdown: markdownShape,
  github: markdownShape,
};

const SOAK_SHAPES: Readonly<Record<'junit' | 'markdown' | 'github', (text: string) => unknown>> = {
  junit: SHAPES.junit,
  markdown: markdownShape,
  github: markdownShape,
};

function markdownShape(text: string): unknown {
  return [text.split('\n').length, tableShape(text)];
}

const plain = new Map(
  await Promise.all(
    formats().map(async (name) => [name, SHAPES[name](await PROBE_FORMATS[name](hostileResult('x')))] as const),
  ),
);

function formats(): (keyof typeof PROBE_FORMATS)[] {
  return Object.keys(PROBE_FORMATS) as (keyof typeof PROBE_FORMATS)[];
}

fuzz({
  name: 'reports',
  holds: 'text of a server changes no report: each stays of its format, and nothing in it can do anything to a reader',
  input: fc.record({
    text: anyText.filter((text) => text !== ''),
    columns: fc.option(fc.integer({ min: 1, max: 200 })),
  }),
  cases: 10,
  async check({ text, columns }) {
    const result = hostileResult(text);
    for (const name of formats()) {
      const written = await PROBE_FORMATS[name](result);
      expect(written).not.toMatch(UNSAFE);
      expect(written.length).toBeLessThan(MOST_CHARACTERS);
      expect([name, SHAPES[name](written)]).toEqual([name, plain.get(name)]);
    }
    // As a probe has it: the protocol is a word of ours, and of an id it keeps the beginning.
    const stream = { ...result.stream, lastEventId: text.slice(0, 1000) };
    probes({ ...result, protocol: PROBE_RESULT.protocol, stream }, columns);
    await soaks(text, columns);
    listens(text, columns);
  },
});

function probes(result: ProbeResult, columns: number | null): void {
  const json = probeJson(result);
  expect(json.slice(0, -1)).not.toMatch(UNSAFE_IN_JSON);
  expect(validateProbe(JSON.parse(json)), JSON.stringify(validateProbe.errors)).toBe(true);
  expect(probeText(result, { paint: PLAIN, columns, quiet: false, ignore: [] })).not.toMatch(UNSAFE);
}

async function soaks(text: string, columns: number | null): Promise<void> {
  const result = hostileRun(text);
  parseReport(JSON.stringify(soakReport(result)));
  const written = textReport(result, { paint: PLAIN, columns, isUtf8: true });
  expect(written).not.toMatch(UNSAFE);
  expect(written.length).toBeLessThan(MOST_CHARACTERS);
  const [hostile, plainRun] = [hostileReport(text), hostileReport('x')];
  for (const name of ['junit', 'markdown', 'github'] as const) {
    const report = await SOAK_FORMATS[name](hostile);
    expect(report).not.toMatch(UNSAFE);
    expect([name, SOAK_SHAPES[name](report)]).toEqual([name, SOAK_SHAPES[name](await SOAK_FORMATS[name](plainRun))]);
  }
  expect(annotationShape((await SOAK_ASIDES.github?.(hostile)) ?? '')).toEqual(
    annotationShape((await SOAK_ASIDES.github?.(plainRun)) ?? ''),
  );
}

function listens(text: string, columns: number | null): void {
  const records: ListenRecord[] = [
    { kind: 'event', type: text, data: text, id: text, atMs: 1.5 },
    { kind: 'comment', comment: text, atMs: 1 },
    { kind: 'error', cause: 'reset', message: text, willRetryInMs: null, atMs: 0 },
  ];
  for (const record of records) {
    const json = [...listenJson(record)].join('');
    expect(json.slice(0, -1)).not.toMatch(UNSAFE_IN_JSON);
    expect(JSON.parse(json)).toEqual(record);
    const notes = { says: refusedAnswerLines(refusedAnswer(new Map([['retry-after', text]]), text)), hint: '' };
    expect([...listenText(record, { paint: PLAIN, columns, quiet: false }, notes)].join('')).not.toMatch(UNSAFE);
  }
}

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSelector } from '../../../src/options/values/metrics-source.ts';
import { CLIENTS, MEMORY, readMetrics } from '../../../src/soak/target/metrics-reading.ts';
import { seriesNames, seriesValues } from '../../../src/soak/target/prometheus-text.ts';

const PAGE = `# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 8.4e+07
process_cpu_seconds_total 12.5
process_start_time_seconds 1.7e9
# {not="a series"} 5
heap_bytes{space="new",worker="1"} 100
heap_bytes{space="old",worker="1"} 1000 1700000000000
heap_bytes{space="old",worker="2"} 10000 # {trace_id="x"} 1
heap_bytes{space="odd \\"}{,",worker="2"}  5
nan_bytes NaN
inf_bytes +Inf
broken{a="b 1
also broken
`;

function read(text: string, selector: string): ReturnType<typeof readMetrics> {
  return readMetrics(text, parseSelector(selector), MEMORY);
}

it.each<[string, number]>([
  ['process_resident_memory_bytes', 84e6],
  ['heap_bytes', 11_105],
  ['heap_bytes{space="old"}', 11_000],
  ['heap_bytes{worker="2",space="old"}', 10_000],
  [String.raw`heap_bytes{space="odd \"}{,"}`, 5],
])('Prometheus text says of %s', (selector, value) => {
  expect(read(PAGE, selector)).toMatchObject({ value });
});

it('Prometheus text says the processor time and the start too, with the same labels', () => {
  expect(read(PAGE, 'process_resident_memory_bytes')).toEqual({ value: 84e6, cpuSeconds: 12.5, life: '1700000000' });
  expect(read(PAGE, 'heap_bytes{space="old"}')).toEqual({ value: 11_000, cpuSeconds: null, life: null });
  const workers =
    'rss{w="1"} 1\nrss{w="2"} 2\nprocess_cpu_seconds_total{w="1"} 3\nprocess_cpu_seconds_total{w="2"} 4\nprocess_start_time_seconds{w="1"} 5\nprocess_start_time_seconds{w="2"} 6\n';
  expect(read(workers, 'rss')).toEqual({ value: 3, cpuSeconds: 7, life: '5 6' });
  expect(read(workers, 'rss{w="2"}')).toEqual({ value: 2, cpuSeconds: 4, life: '6' });
});

it.each<[string, string, RegExp]>([
  [
    'process_resident_memory_byte',
    'has no process_resident_memory_byte',
    /^It contains: process_resident_memory_bytes, heap_bytes/,
  ],
  [
    'zzz',
    'has no zzz',
    /^It contains: process_resident_memory_bytes, heap_bytes, nan_bytes, inf_bytes, process_cpu_seconds_total, process_start_time_seconds\.$/,
  ],
  ['heap_bytes{worker="3"}', 'has heap_bytes, but not with these labels', /added up/],
  ['nan_bytes', 'has nan_bytes, but not with these labels, or without a value', /./],
  ['inf_bytes', 'has inf_bytes, but', /./],
])('Prometheus text without %s says so and what there is', (selector, missing, hint) => {
  const reading = read(PAGE, selector) as { missing: string; hint: string };
  expect(reading.missing).toContain(missing);
  expect(reading.hint).toMatch(hint);
});

it('Prometheus text lists six names at most, each short and harmless', () => {
  const names = Array.from({ length: 500 }, (_none, at) => `memory_${at}_${'x'.repeat(300)} 1`).join('\n');
  const { hint } = read(names, 'rss') as { hint: string };
  expect(hint).toMatch(/ and 494 more\.$/);
  expect(hint.length).toBeLessThan(700);
});

it('Prometheus text that is none is said to be none', () => {
  expect(read('<html>hello</html>', 'rss')).toMatchObject({ missing: 'does not return Prometheus text' });
  expect(read('', 'rss')).toMatchObject({ missing: 'does not return Prometheus text' });
  expect(read('{"rss":1}', 'rss')).toMatchObject({ missing: 'returns JSON, not Prometheus text' });
});

it('Prometheus text gives back every series that was written into it, also between line ends of Windows', () => {
  const name = fc.stringMatching(/^[a-c]{1,2}$/);
  const written = fc.array(
    fc.tuple(
      name,
      fc.dictionary(fc.constantFrom('x', 'y'), fc.string({ maxLength: 6 })),
      fc.integer({ min: -1e9, max: 1e9 }),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(written, name, fc.constantFrom('\n', '\r\n'), (series, wanted, lineEnd) => {
      const text = series
        .map(([one, labels, value]) => {
          const inside = Object.entries(labels)
            .map(([label, text]) => `${label}="${text.replace(/[\\"]/g, String.raw`\$&`)}"`)
            .join(',');
          return `${one}${inside === '' ? '' : `{${inside}}`} ${value}${lineEnd}`;
        })
        .join('');
      expect(seriesValues(text, wanted)).toEqual(series.filter(([one]) => one === wanted).map(([, , value]) => value));
      expect(seriesNames(text)).toEqual([...new Set(series.map(([one]) => one))]);
    }),
    { numRuns: 300 },
  );
});

it('Prometheus text of a million hostile characters in one line gives nothing, and no exception', () => {
  for (const line of [
    'a{' + '"\\'.repeat(500_000),
    'a{' + 'x'.repeat(1_000_000),
    '{'.repeat(1_000_000),
    'a{x="' + 'y'.repeat(1_000_000),
    ' '.repeat(1_000_000),
    'a ' + '9'.repeat(1_000_000),
  ]) {
    expect(seriesValues(line, 'a')).toEqual([]);
  }
});

const STATS = JSON.stringify({
  memory: { rssBytes: 84e6, text: '84000000', list: [1, 2], none: null },
  'a/b~': { '': 7 },
});

it.each<[string, number]>([
  ['/memory/rssBytes', 84e6],
  ['/memory/list/1', 2],
  ['/a~1b~0/', 7],
])('a metrics page in JSON says at %s', (pointer, value) => {
  expect(read(STATS, pointer)).toEqual({ value, cpuSeconds: null, life: null });
});

it.each<[string, string, string]>([
  ['/memory/rss', 'has no /memory/rss', '/memory contains: rssBytes, text, list, none.'],
  ['/rss', 'has no /rss', 'The root contains: memory, a/b~.'],
  ['/memory/rssBytes/x', 'has no /memory/rssBytes/x', 'There is no object at /memory/rssBytes.'],
  ['/memory/none/x', 'has no /memory/none/x', 'There is no object at /memory/none.'],
  ['/memory/text', 'has no number at /memory/text', 'without quotes'],
  ['/memory', 'has no number at /memory', 'It contains: rssBytes, text, list, none.'],
  ['/memory/constructor', 'has no /memory/constructor', '/memory contains'],
  ['/__proto__/x', 'has no /__proto__/x', 'The root contains'],
])('a metrics page in JSON without a number at %s says so and what there is', (pointer, missing, hint) => {
  const reading = read(STATS, pointer) as { missing: string; hint: string };
  expect(reading.missing).toBe(missing);
  expect(reading.hint).toContain(hint);
});

it('a metrics page in JSON that is none is said to be none', () => {
  for (const text of ['', '{"memory":', PAGE, '\u0000'])
    expect(read(text, '/memory')).toMatchObject({ missing: 'does not return JSON' });
  for (const text of ['1', '"x"', 'null', '[]'])
    expect(read(text, '/memory')).toMatchObject({ missing: 'has no /memory' });
});

it('a metrics page in JSON shows names of others in a harmless way', () => {
  const { hint } = read(JSON.stringify({ '\u001b[2J\u202e': 1 }), '/x') as { hint: string };
  expect(hint).toBe(String.raw`The root contains: \u001b[2J\u202e.`);
});

it.each<[string, string, number]>([
  ['/clients/connected', '{"clients":{"connected":7}}', 7],
  ['/clients', '{"clients":[{"id":"a"},{"id":"b"}]}', 2],
  ['/clients', '{"clients":[]}', 0],
  ['sse_clients', 'sse_clients{worker="1"} 2\nsse_clients{worker="2"} 3\n', 5],
])('a metrics page tells how many clients there are at %s of %s', (selector, text, value) => {
  expect(readMetrics(text, parseSelector(selector), CLIENTS)).toMatchObject({ value });
});

it.each<[string, string, string, string]>([
  ['/clients', '{"clients":{"a":{},"b":{}}}', 'has no number at /clients', 'It contains: a, b.'],
  ['/clients', '{"clients":"7"}', 'has no number at /clients', 'or a list of clients'],
  ['/clients', 'sse_clients 5', 'does not return JSON', 'URL#sse_clients_connected'],
  ['clients', '{"clients":7}', 'returns JSON', 'URL#/clients/connected'],
  ['open', 'up 1\nhttp_streams_open 5\n', 'has no open', 'It contains: http_streams_open, up.'],
])('a metrics page tells no clients at %s of %s, and says what it has', (selector, text, missing, hint) => {
  const reading = readMetrics(text, parseSelector(selector), CLIENTS) as { missing: string; hint: string };
  expect(reading.missing).toContain(missing);
  expect(reading.hint).toContain(hint);
});

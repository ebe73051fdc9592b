/** Everything that is written as one text: values of options, thresholds, units, JSON pointers, selectors. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { pointerPath, pointerText, valueAt } from '../../src/core/json-pointer.ts';
import { METRIC_UNITS } from '../../src/core/metric-units.ts';
import { markerText } from '../../src/core/stream-marker.ts';
import { UnitError } from '../../src/core/units.ts';
import { listenOptions } from '../../src/options/listen-options.ts';
import type { OptionTable } from '../../src/options/option.ts';
import { probeOptions } from '../../src/options/probe-options.ts';
import { serveOptions } from '../../src/options/serve-options.ts';
import { soakOptions } from '../../src/options/soak-options.ts';
import { exporterOptions } from '../../src/options/exporter-options.ts';
import { parseLabels, parseSelector } from '../../src/options/values/metrics-source.ts';
import { markerOf, until } from '../../src/options/values/until.ts';
import { type Kind, ValueError } from '../../src/options/values/value-kind.ts';
import { METRICS } from '../../src/verdict/metrics.ts';
import { parseThreshold } from '../../src/verdict/thresholds.ts';
import { anyText } from '../support/hostile-result.ts';
import { damaged, fuzz } from './target.ts';

const tables: OptionTable[] = [soakOptions, probeOptions, serveOptions, listenOptions, exporterOptions];
const KINDS: ReadonlyMap<string, Kind<unknown>> = new Map(
  tables.flatMap((table) => Object.values(table).map(({ flag, kind }) => [flag, kind] as const)),
);

/** Beyond the bound of nearly every value, and not so long that all the time goes there. */
const text = anyText.map((any) => any.slice(0, 5000));
const quantity = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('0', '1', '250', '1.5', '0.000001', '999999999999999', '-1', '1e3', ''),
      fc.stringMatching(/^\d{0,16}(\.\d{0,10})?$/),
    ),
    fc.constantFrom('us', 'ms', 's', 'm', 'h', 'd', 'B', 'KiB', 'GB', '/s', '/m', 'B/s', 'MB/h', '%', '', ' s', 'S'),
  )
  .map((parts) => parts.join(''));
const threshold = fc
  .tuple(
    fc.constantFrom(...METRICS.keys(), 'latency', 'latency.p98', '__proto__', 'constructor'),
    fc.constantFrom('<', '<=', '==', '!=', '>', '>=', '=', '~', '<>'),
    quantity,
    fc.constantFrom('', '', ' abort', ' abort after 5s', ' abort after', ' abort after 5'),
  )
  .map((parts) => parts.join(''));
const written = fc.oneof(
  quantity,
  threshold,
  fc.constantFrom(
    'event:done',
    'text:[DONE]',
    '/a~1b/0',
    'auto',
    'http://127.0.0.1:9/metrics#a{b="c"}',
    'https://u:p@h:1/x?y=z#/memory/rss',
    '[::1]:80',
    '*.example.com:443',
    'X-Name: value',
    'healthy=80,slow=10,stalled=10',
    'json=report.json',
    'stop@30s',
    '--max-age=5s',
    ...[...KINDS.values()].flatMap(({ range }) => range ?? []),
  ),
);

fuzz({
  name: 'values',
  holds: 'text is read as a value or refused in one sentence, and what is printed is read back',
  input: fc.record({
    text: fc.oneof({ weight: 4, arbitrary: damaged(written, fc.oneof(written, text)) }, { weight: 1, arbitrary: text }),
    keys: fc.array(fc.oneof(text, fc.constantFrom('~', '/', '~1', '0', '__proto__', 'length')), { maxLength: 5 }),
  }),
  cases: 15,
  check({ text, keys }) {
    for (const [flag, kind] of KINDS) {
      const value = read(() => kind.read(text));
      // What a default is written as, a report and a schema show: the same text is read alike each time.
      if (value !== REFUSED) expect([flag, kind.read(text)]).toEqual([flag, value]);
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
    thresholds(text);
    ends(text);
    for (const { parse, format } of Object.values(METRIC_UNITS)) {
      const value = read(() => parse(text));
      if (value !== REFUSED) expect(value >= 0 && /^[\d.,–]/.test(format(value))).toBe(true);
    }
    read(() => parseSelector(text));
    read(() => parseLabels(text));
    pointers(keys);
  },
});

const REFUSED = Symbol('refused');

/** Anything but the refusals that have a sentence for a person goes on to be thrown. */
function read<Value>(action: () => Value): Value | typeof REFUSED {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ValueError || error instanceof UnitError)) throw error;
    expect(error.message).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u);
    expect(error.message.length).toBeLessThan(3000);
    return REFUSED;
  }
}

/** The normal form of a threshold means the same. */
function thresholds(text: string): void {
  const one = read(() => parseThreshold(text));
  if (one === REFUSED) return;
  expect(parseThreshold(one.expression)).toEqual({ ...one, abortAfterMs: null });
}

function ends(text: string): void {
  const awaited = read(() => until.read(text));
  if (awaited === REFUSED) return;
  const marker = markerOf({ until: awaited });
  expect(marker === null ? awaited.kind : markerText(marker)).toBe(text);
}

function pointers(keys: readonly string[]): void {
  expect(pointerPath(pointerText(keys))).toEqual(keys);
  const json = keys.reduceRight<unknown>(
    (inner, key) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(inner)}}`),
    7,
  );
  expect(valueAt(json, keys)).toBe(7);
  expect(valueAt([], keys)).toEqual(keys.length === 0 ? [] : undefined);
}

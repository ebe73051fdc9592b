/**
 * JUnit XML as CI systems read it: one suite, its properties, and its cases with the counts of each kind on both levels.
 * A case passes, fails, is an error (nobody could tell) or is skipped. There is nothing between: a warning is a case that
 * passes and has something to say on `system-out`.
 */
import { xmlOpen, xmlText } from './xml.ts';

export interface JunitCase {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  /** The element inside the test case; empty for a case that passed without a message. */
  readonly body: string;
}

/** What went wrong, for a case that did not pass. */
export interface JunitTrouble {
  readonly message: string;
  /** A word for the kind of trouble. */
  readonly type: string;
  /** Lines of more, such as what to do and the figures. */
  readonly details?: readonly string[];
}

export interface JunitSuite {
  readonly name: string;
  /** The class name of all its cases, which tools show before their names. */
  readonly className: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** Those without a value are left out. */
  readonly properties: readonly (readonly [name: string, value: string | number | null | undefined])[];
  readonly cases: readonly JunitCase[];
}

/** @param says lines for `system-out` */
export function passedCase(name: string, says: readonly string[] = []): JunitCase {
  const body = says.length === 0 ? '' : `<system-out>${lines(says)}</system-out>`;
  return { name, kind: 'passed', body };
}

export function troubledCase(
  name: string,
  kind: 'failure' | 'error',
  { message, type, details = [] }: JunitTrouble,
): JunitCase {
  const opening = xmlOpen(kind, { message, type });
  return { name, kind, body: details.length === 0 ? `${opening}/>` : `${opening}>${lines(details)}</${kind}>` };
}

export function skippedCase(name: string, message: string): JunitCase {
  return { name, kind: 'skipped', body: `${xmlOpen('skipped', { message })}/>` };
}

export function junitXml({ name: suite, className, startedAt, durationMs, properties, cases }: JunitSuite): string {
  const counts = {
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
    time: (durationMs / 1000).toFixed(3),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${xmlOpen('testsuites', { name: 'sse-probe', ...counts })}>`,
    // Its readers want the time without a fraction.
    `  ${xmlOpen('testsuite', { name: suite, ...counts, timestamp: startedAt.replace(/\.\d+Z$/, '') })}>`,
    '    <properties>',
    ...properties.flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [`      ${xmlOpen('property', { name, value })}/>`],
    ),
    '    </properties>',
    ...cases.map(({ name, body }) => {
      // No case takes a time of its own: all look at the same streams.
      const opening = `    ${xmlOpen('testcase', { name, classname: className, time: 0 })}`;
      return body === '' ? `${opening}/>` : `${opening}>${body}</testcase>`;
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => xmlText(text)).join('\n');
}

function count(cases: readonly JunitCase[], kind: JunitCase['kind']): number {
  return cases.filter((one) => one.kind === kind).length;
}

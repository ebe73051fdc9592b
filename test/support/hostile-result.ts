/** A probe's result in which a server has put the same text wherever it can. */
import * as fc from 'fast-check';
import type { ProbeResult } from '../../src/probe/result.ts';
import { PROBE_RESULT } from './probe-result.ts';

/** What has a meaning in a terminal, in XML, in Prometheus' text, in Markdown, in a shell. */
export const HOSTILE_TEXTS: readonly string[] = [
  ']]>',
  '<![CDATA[',
  '</failure></testcase>',
  '<!--',
  '-->',
  '<script>alert(1)</script>',
  '"><svg/onload=alert(9)>',
  '&lt;&#0;',
  '<?xml?>',
  '\0',
  '\u001b[2J',
  '\u001b]0;pwn\u0007',
  '\u009b31m',
  '\r',
  '\n',
  '\r\n| a | b |',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\ud800',
  '\udc00x',
  '\t',
  '"} 1\nprobe_success 1',
  '\\',
  '\\"',
  '\\n',
  '{}',
  '# HELP x y',
  'a|b=1;2;3',
  "'q'=1",
  '`code`',
  '``',
  '![i](javascript:alert(1))',
  '[l](http://e.example)',
  'http://e.example/',
  'www.e.example',
  '@everyone',
  '#1',
  '**b**',
  '~~s~~',
  '$x$',
  '{{7*7}}',
  '$(reboot)',
  '`reboot`',
  '%s%n',
  '; reboot',
  'x'.repeat(100_000),
  '😀'.repeat(2000),
  'é\u0301',
];

export function hostileResult(text: string): ProbeResult {
  return {
    ...PROBE_RESULT,
    url: `https://h.example/?q=${text}`,
    protocol: text,
    stream: { ...PROBE_RESULT.stream, eventTypes: { [text]: 1 }, lastEventId: text },
    checks: PROBE_RESULT.checks.map((check) => ({
      ...check,
      title: text,
      hint: text,
      evidence: { [text]: text, validTo: text, status: text },
    })),
  };
}

/** Texts that are hostile by design, and any others, lone halves of surrogate pairs included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc
    .array(fc.constantFrom(...HOSTILE_TEXTS.map((text) => text.slice(0, 40))), { maxLength: 6 })
    .map((texts) => texts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
);

export const runs: fc.Parameters<unknown> = {
  numRuns: 300,
};

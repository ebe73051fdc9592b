import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PROBE_FORMATS } from '../../../src/report/probe/formats.ts';
import { anyText, hostileResult, HOSTILE_TEXTS, runs } from '../../support/hostile-result.ts';
import { PROBE_RESULT } from '../../support/probe-result.ts';

const MAX_LENGTH = 200_000;
// What a terminal obeys, but for tabs; a line end and a space of no width (Markdown's own) are ours.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

for (const [name, render] of Object.entries(PROBE_FORMATS)) {
  it(`every format of a probe ${name}: is one text with an end of line, the same for the same result`, async () => {
    const text = await render(PROBE_RESULT);
    expect(text).toBe(await render(PROBE_RESULT));
    expect(text.endsWith('\n')).toBe(true);
  });

  it(`every format of a probe ${name}: has no control character of a server, and a bound`, async () => {
    for (const hostile of HOSTILE_TEXTS) {
      const text = await render(hostileResult(hostile));
      expect(text, JSON.stringify(hostile.slice(0, 40))).not.toMatch(CONTROL);
      expect(text.length).toBeLessThan(MAX_LENGTH);
      expect(Buffer.from(text).toString()).toBe(text);
    }
  });

  it(`every format of a probe ${name}: has as many lines whatever a server says`, async () => {
    const lines = (await render(hostileResult('x'))).split('\n').length;
    await fc.assert(
      fc.asyncProperty(
        anyText.filter((text) => text !== ''),
        async (text) => {
          expect((await render(hostileResult(text))).split('\n').length).toBe(lines);
        },
      ),
      { ...runs, numRuns: 100 },
    );
  });
}

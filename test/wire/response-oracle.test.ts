import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { agreement } from './response-agreement.ts';
import { cutPlaces, cutsOf, response } from './response-arbitrary.ts';
import { readResponse } from './response-log.ts';
import { UndiciOracle } from './undici-oracle.ts';

let oracle: UndiciOracle;
beforeAll(async () => {
  oracle = await UndiciOracle.start();
});
afterAll(() => oracle.close());

it('ResponseReader over random responses comes to the same result at any cuts', () => {
  fc.assert(
    fc.property(response, cutPlaces, (wire, places) => {
      const bytes = Buffer.from(wire, 'latin1');
      const whole = readResponse(bytes, []).outcome();
      expect(readResponse(bytes, cutsOf(places, bytes.length)).outcome()).toEqual(whole);
      expect(readResponse(bytes, Array.from(bytes.keys())).outcome()).toEqual(whole);
    }),
    { numRuns: 5000 },
  );
});

it('ResponseReader over random responses agrees with undici on status, headers, body and end, but for the known differences', async () => {
  const runs = 3000;
  const met: Record<string, number> = { 'read by both': 0, 'refused by both': 0 };
  await fc.assert(
    fc.asyncProperty(response, cutPlaces, cutPlaces, async (wire, places, oraclePlaces) => {
      const verdict = await agreement(oracle, wire, places, oraclePlaces);
      met[verdict] = (met[verdict] ?? 0) + 1;
    }),
    { numRuns: runs },
  );
  // A generator that produced only rubbish, or a table that excused everything, would pass above.
  expect(met['read by both']).toBeGreaterThan(runs / 3);
  expect(met['refused by both']).toBeGreaterThan(runs / 50);
  const seldom = KNOWN_DIFFERENCES.filter(({ title }) => met[title] === undefined);
  expect(seldom.map(({ title }) => title)).toEqual([]);
});

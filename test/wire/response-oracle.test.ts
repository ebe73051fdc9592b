import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KNOWN_DIFFERENCES, knownDifference, plainly } from './known-differences.ts';
import { cutPlaces, cutsOf, response } from './response-arbitrary.ts';
import { readResponse, type ResponseOutcome } from './response-log.ts';
import { UndiciOracle, type OracleOutcome } from './undici-oracle.ts';

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
      const bytes = Buffer.from(wire, 'latin1');
      const plain = Buffer.from(plainly(wire), 'latin1');
      const log = readResponse(bytes, cutsOf(places, bytes.length));
      const ours = log.outcome();
      const ourTerms = inTermsOfUndici(ours);
      const theirs = await oracle.read(plain, cutsOf(oraclePlaces, plain.length));
      const known = knownDifference(ours, log.detail, theirs);
      const verdict = known?.title ?? (ours.end === 'done' ? 'read by both' : 'refused by both');
      met[verdict] = (met[verdict] ?? 0) + 1;
      if (known !== undefined) return;
      expect(comparable(ourTerms, theirs)).toEqual(comparable(theirs, ourTerms));
    }),
    { numRuns: runs },
  );
  // A generator that produced only rubbish, or a table that excused everything, would pass above.
  expect(met['read by both']).toBeGreaterThan(runs / 3);
  expect(met['refused by both']).toBeGreaterThan(runs / 50);
  const seldom = KNOWN_DIFFERENCES.filter(({ title }) => met[title] === undefined);
  expect(seldom.map(({ title }) => title)).toEqual([]);
});

type Outcome = Pick<OracleOutcome, 'head' | 'body' | 'end'>;

/** undici decodes the reason as UTF-8, does not tell the version, and has no causes. */
function inTermsOfUndici({ head, body, end }: ResponseOutcome): Outcome {
  const statusText = Buffer.from(head?.statusText ?? '', 'latin1').toString('utf8');
  return {
    head: head && { statusCode: head.statusCode, statusText, headers: head.headers },
    body,
    end: end === 'done' ? 'done' : 'failed',
  };
}

/** What of `one` must be as in `other`. */
function comparable({ head, body, end }: Outcome, other: Outcome): Outcome {
  // How much of a response is delivered before it is refused is nobody's right; but it is the same body.
  if (end === 'failed' && other.end === 'failed')
    return { head: undefined, body: body.slice(0, other.body.length), end };
  return { head, body, end };
}

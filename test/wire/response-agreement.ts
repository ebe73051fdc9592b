/** One response read by `ResponseReader` and by undici, and whether both come to the same. */
import { expect } from 'vitest';
import { knownDifference, plainly } from './known-differences.ts';
import { cutsOf } from './response-arbitrary.ts';
import { readResponse, type ResponseOutcome } from './response-log.ts';
import type { OracleOutcome, UndiciOracle } from './undici-oracle.ts';

/**
 * Fails a test where they differ on status, headers, body or end, and no known difference is the reason.
 *
 * @param places where the response is cut for each of the two, from 0 to 1
 * @returns the title of the known difference, or who read the response
 */
export async function agreement(
  oracle: UndiciOracle,
  wire: string,
  places: readonly number[],
  oraclePlaces: readonly number[],
): Promise<string> {
  const bytes = Buffer.from(wire, 'latin1');
  const plain = Buffer.from(plainly(wire), 'latin1');
  const log = readResponse(bytes, cutsOf(places, bytes.length));
  const ours = log.outcome();
  const theirs = await oracle.read(plain, cutsOf(oraclePlaces, plain.length));
  const known = knownDifference(ours, log.detail, theirs);
  if (known !== undefined) return known.title;
  const ourTerms = inTermsOfUndici(ours);
  expect(comparable(ourTerms, theirs)).toEqual(comparable(theirs, ourTerms));
  return ours.end === 'done' ? 'read by both' : 'refused by both';
}

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

/** The reader of HTTP/1.1 responses: any bytes, at any cuts, held against undici. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { agreement } from '../wire/response-agreement.ts';
import { cutPlaces, cutsOf, response } from '../wire/response-arbitrary.ts';
import { readResponse } from '../wire/response-log.ts';
import { UndiciOracle } from '../wire/undici-oracle.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

let oracle: UndiciOracle;
beforeAll(async () => {
  oracle = await UndiciOracle.start();
});
afterAll(() => oracle.close());

fuzz({
  name: 'response',
  holds: 'bytes of a response, cut anywhere, give one result, which is that of undici but for the known differences',
  input: fc
    .record({
      // Bytes that are far from any response are not held against undici or the RFC: they must only not break the reader.
      sound: fc.boolean(),
      wire: fc.oneof(
        { weight: 4, arbitrary: response },
        { weight: 3, arbitrary: damaged(response, fc.oneof(anyBytes(4), response)) },
        { weight: 1, arbitrary: anyBytes(200) },
        { weight: 1, arbitrary: fc.tuple(response, fc.nat(1200)).map(([text, times]) => longer(text, times)) },
      ),
      places: cutPlaces,
      oraclePlaces: cutPlaces,
    })
    .chain((input) => (input.sound ? response.map((wire) => ({ ...input, wire })) : fc.constant(input))),
  cases: 40,
  async check({ sound, wire, places, oraclePlaces }) {
    const bytes = bytesOf(wire);
    const whole = readResponse(bytes, []).outcome();
    expect(whole.end).not.toBe('open');
    for (const at of [cutsOf(places, bytes.length), bytes.length < 4000 ? [...bytes.keys()] : []])
      expect(readResponse(bytes, at).outcome()).toEqual(whole);
    if (sound) await agreement(oracle, wire, places, oraclePlaces);
  },
});

/** With so many fields more in its head: some are beyond the bound of a head. */
function longer(wire: string, fields: number): string {
  const at = wire.indexOf('\r\n') + 2;
  return `${wire.slice(0, at)}${`X-Long: ${'y'.repeat(50)}\r\n`.repeat(fields)}${wire.slice(at)}`;
}

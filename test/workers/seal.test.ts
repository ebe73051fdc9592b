import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageError, UsageError } from '../../src/core/errors.ts';
import { openSeal, SealError } from '../../src/workers/seal.ts';
import { runs } from '../sse/recorder.ts';

const KEY = 'a passphrase of some length';
const OTHER_KEY = 'another passphrase of that length';
const CONTEXT = 'run-1/shard-2/3';
const LONG = 'event: tick\n'.repeat(5000);

const keyless = openSeal(null);
const sealed = openSeal(KEY);
const sealedElsewhere = openSeal(OTHER_KEY);
const sameKey = openSeal(KEY);

it.each([
  ['with a key', sealed, sameKey],
  ['without a key', keyless, openSeal(null)],
])('a message sealed %s opens on the other side as it was', (_what, here, there) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.nat({ max: 4000 }).map((length) => 'ü'.repeat(length)),
      ),
      fc.string({ unit: 'grapheme' }),
      (text, context) => {
        expect(there.open(here.seal(text, context), context)).toBe(text);
      },
    ),
    runs(100),
  );
});

it('a message that is encrypted shows nothing of its text and is never twice the same', () => {
  const text = 'Authorization: Bearer hunter2';
  const one = sealed.seal(text, CONTEXT);
  const other = sealed.seal(text, CONTEXT);
  expect(one).not.toBe(other);
  for (const shown of [one, Buffer.from(one.split(':')[1] ?? '', 'base64').toString('latin1')]) {
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(KEY);
  }
});

it.each([
  ['with a key', sealed],
  ['without a key', keyless],
])('a long message is compressed %s', (_what, seal) => {
  expect(seal.seal(LONG, CONTEXT).length).toBeLessThan(LONG.length / 20);
});

/** The text with the character at `at` replaced by another one of base64. */
function changed(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

it('a message that was changed in any place does not open', () => {
  const text = sealed.seal('a secret', CONTEXT);
  const begin = text.indexOf(':') + 1;
  // The last character of base64 may hold bits that mean nothing.
  for (let at = begin; at < text.length - 4; at++) {
    expect(() => sealed.open(changed(text, at), CONTEXT)).toThrow(SealError);
  }
});

const ofLarge = `deflated1:${deflateRawSync(Buffer.alloc(65 * 1024 * 1024)).toString('base64')}`;

it.each<[what: string, open: () => string, said: RegExp, hint: RegExp]>([
  [
    'encrypted where no key is set',
    () => keyless.open(sealed.seal('x', CONTEXT), CONTEXT),
    /SSE_PROBE_KEY is not set here/,
    /Set SSE_PROBE_KEY to the same value/,
  ],
  [
    'not encrypted where a key is set',
    () => sealed.open(keyless.seal('x', CONTEXT), CONTEXT),
    /not encrypted, although SSE_PROBE_KEY is set/,
    /Set SSE_PROBE_KEY to the same value/,
  ],
  [
    'compressed only where a key is set',
    () => sealed.open(keyless.seal(LONG, CONTEXT), CONTEXT),
    /not encrypted, although SSE_PROBE_KEY is set/,
    /Set SSE_PROBE_KEY to the same value/,
  ],
  [
    'encrypted with another key',
    () => sealedElsewhere.open(sealed.seal('x', CONTEXT), CONTEXT),
    /it has another key/,
    /Set SSE_PROBE_KEY to the same value/,
  ],
  [
    'put back in another place',
    () => sealed.open(sealed.seal('x', CONTEXT), 'run-1/shard-2/4'),
    /belongs elsewhere/,
    /Set SSE_PROBE_KEY/,
  ],
  ['cut off', () => sealed.open(sealed.seal('x', CONTEXT).slice(0, 30), CONTEXT), /was cut off/, /same version/],
  ['empty', () => keyless.open('', CONTEXT), /not written by this version/, /same version/],
  [
    'of another program',
    () => keyless.open('{"type":"ready"}', CONTEXT),
    /not written by this version/,
    /Redis database that nothing else uses/,
  ],
  [
    'of another program, where a key is set',
    () => sealed.open('{"type":"ready"}', CONTEXT),
    /not written by this version/,
    /Redis database/,
  ],
  ['not compressed as it says', () => keyless.open('deflated1:////', CONTEXT), /was cut off/, /same version/],
  ['compressed and too large', () => keyless.open(ofLarge, CONTEXT), /larger than 64 MiB/, /database of their own/],
  [
    'too large as it stands',
    () => keyless.open(`plain1:${'x'.repeat(95 * 1024 * 1024)}`, CONTEXT),
    /larger than 64 MiB/,
    /database of their own/,
  ],
  [
    'too large to be sent',
    () => keyless.seal('x'.repeat(64 * 1024 * 1024 + 1), CONTEXT),
    /larger than 64 MiB/,
    /database of their own/,
  ],
])('a message that is %s is refused with what to do', (_what, open, said, hint) => {
  expect(open).toThrow(SealError);
  expect(open).toThrow(MessageError);
  expect(open).toThrow(said);
  expect(open).toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) as unknown }));
});

it.each(['', 'short', 'fifteen letters'])('the key "%s" is refused as one that can be guessed', (key) => {
  expect(() => openSeal(key)).toThrow(UsageError);
  expect(() => openSeal(key)).toThrow('SSE_PROBE_KEY has fewer than 16 characters');
});

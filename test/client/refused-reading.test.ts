import { expect, it } from 'vitest';
import { readingOf } from '../../src/client/refused-reading.ts';
import type { ResponseHead } from '../../src/wire/transport.ts';

const HEAD = { statusCode: 503, statusText: '', headers: new Map() } as unknown as ResponseHead;

function said(...reads: readonly Uint8Array[]): string {
  let told = '';
  const sink = { wants: () => true, take: (_refusal: unknown, _head: unknown, body: string) => void (told = body) };
  const reading = readingOf({ cause: 'http-status', detail: 'status 503' }, HEAD, sink);
  for (const bytes of reads) reading?.read(bytes, 0, bytes.length);
  reading?.tell();
  return told;
}

it('the beginning of an answer that is no stream is read whole where a character is cut by the end of a read', () => {
  const bytes = Buffer.from('voll: 天気 🌤, später');
  for (let at = 0; at <= bytes.length; at++) {
    expect(said(bytes.subarray(0, at), bytes.subarray(at))).toBe('voll: 天気 🌤, später');
  }
});

it('no more of an answer that is no stream is kept than its beginning', () => {
  expect(said(Buffer.from('x'.repeat(400)), Buffer.from('y'.repeat(400)))).toBe(`${'x'.repeat(400)}${'y'.repeat(100)}`);
});

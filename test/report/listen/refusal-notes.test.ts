import { expect, it } from 'vitest';
import type { ListenRecord } from '../../../src/client/listener.ts';
import type { Cause } from '../../../src/core/causes.ts';
import { adviceOnCause, adviceOnStatus } from '../../../src/findings/refusal-advice.ts';
import { NO_NOTES, RefusalNoting } from '../../../src/report/listen/refusal-notes.ts';
import type { ResponseHead } from '../../../src/wire/transport.ts';

const error = (cause: Cause, message = '', willRetryInMs: number | null = null): ListenRecord => ({
  kind: 'error',
  cause,
  message,
  willRetryInMs,
  atMs: 0,
});
const head = (statusCode: number, headers: Record<string, string> = {}): ResponseHead =>
  ({ statusCode, statusText: '', headers: new Map(Object.entries(headers)) }) as unknown as ResponseHead;
const OPEN: ListenRecord = { kind: 'open', status: 200, contentType: 'text/event-stream', atMs: 0 };

it('notes on a refusal are the first line of the answer, its headers, and what to do about its status', () => {
  const noting = new RefusalNoting(['S3CRET']);
  const answer = head(401, { 'www-authenticate': 'Bearer realm="S3CRET"', 'retry-after': '5' });
  noting.take({ cause: 'http-status', detail: 'status 401' }, answer, '{"message":"S3CRET is not valid"}');
  expect(noting.notesOn(error('http-status', 'status 401'))).toEqual({
    says: ['“REDACTED is not valid”', 'Retry-After: 5', 'WWW-Authenticate: Bearer realm="REDACTED"'],
    hint: adviceOnStatus(401),
  });
});

it('notes on a refusal say what to do once for each cause, and what was answered each time', () => {
  const noting = new RefusalNoting([]);
  expect(noting.notesOn(error('refused', 'ECONNREFUSED', 3000)).hint).toBe(adviceOnCause('refused'));
  expect(noting.notesOn(error('refused', 'ECONNREFUSED', 3000))).toEqual(NO_NOTES);
  noting.take({ cause: 'content-type', detail: 'text/html' }, head(200), '<h1>Hello</h1>');
  expect(noting.notesOn(error('content-type', 'text/html'))).toEqual({
    says: ['“Hello”'],
    hint: expect.stringContaining('text/event-stream') as string,
  });
  expect(noting.notesOn(error('content-type', 'text/html'))).toEqual(NO_NOTES);
});

it('notes on a refusal give no advice to a stream that was heard and whose server is away for a moment', () => {
  const noting = new RefusalNoting([]);
  expect(noting.notesOn(OPEN)).toEqual(NO_NOTES);
  expect(noting.notesOn(error('refused', 'ECONNREFUSED', 3000))).toEqual(NO_NOTES);
  expect(noting.notesOn(error('refused', 'ECONNREFUSED')).hint).not.toBe('');
});

it.each<Cause>(['eof-clean', 'eof-truncated', 'reset', 'idle-timeout', 'server-stop'])(
  'notes on a refusal say nothing of a stream that ended by %s',
  (cause) => {
    const noting = new RefusalNoting([]);
    noting.notesOn(OPEN);
    expect(noting.notesOn(error(cause))).toEqual(NO_NOTES);
  },
);

it.each(['reset', 'eof-truncated', 'http-protocol'] as const)(
  'notes on a connection that ends by %s before there was a stream say that the port may want TLS',
  (cause) => {
    expect(new RefusalNoting([]).notesOn(error(cause)).hint).toContain('https://');
  },
);

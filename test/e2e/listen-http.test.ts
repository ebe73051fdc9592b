/**
 * HTTP, state and reconnecting, through the real program: the cases of web-platform-tests/eventsource that a client
 * without a DOM can meet, and the further rules of the HTML standard (9.2.3).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closed, event, inPairs, Listening, listen, lost, opened, retry, type ListenLine } from '../support/listen.ts';
import { answer, statusAnswer, typedAnswer } from '../support/no-stream.ts';
import { OK, scriptedServers, type Answer } from '../support/scripted-server.ts';

const reset: Answer = (socket) => socket.resetAndDestroy();
const TRANSPORTS = ['wire', 'undici'] as const;
const { closing, serve, closeAll } = scriptedServers();
afterEach(closeAll);

/** Once, and nothing else. */
const CLAMPED = /^sse-probe: the server sent a reconnection time out of range[^\n]*\n$/;
const EXACT = /\r\nAccept: text\/event-stream\r\n/;

/** Time in which somebody who should not come back would have. */
const soon = (): Promise<void> => delay(150);

// Every other status and type: test/client/listener.test.ts.
describe.each(TRANSPORTS)('an answer that is no stream, over %s,', (transport) => {
  it('by its status is an error for good: no event, no return', async () => {
    await inPairs(transport === 'wire' ? [205, 304, 404, 999] : [304, 503], async (status) => {
      const { server, url } = await serve(statusAnswer(status));
      const { code, lines } = await listen(url, ['--transport', transport, '--retry', '100ms']);
      expect([status, code, lines]).toEqual([status, 1, [lost('http-status', null), closed('http-status')]]);
      expect((lines[0] as { message: string }).message).toContain(String(status));
      expect(server.requests).toHaveLength(1);
    });
  });

  it('by its type is an error for good, which quotes the type', async () => {
    await inPairs(transport === 'wire' ? ['', 'text/event-stream, text/html'] : ['application/json'], async (type) => {
      const { server, url } = await serve(typedAnswer(type, 'data: data\n\n'));
      const { code, lines } = await listen(url, ['--transport', transport, '--retry', '100ms']);
      expect([type, code, lines]).toEqual([type, 1, [lost('content-type', null), closed('content-type')]]);
      expect((lines[0] as { message: string }).message).toContain(type);
      expect(server.requests).toHaveLength(1);
    });
  });

  it('but 204 is the end that the server wanted', async () => {
    const { server, url } = await serve('HTTP/1.1 204 No Content\r\nContent-Type: text/event-stream\r\n\r\n');
    const { code, lines } = await listen(url, ['--transport', transport]);
    expect([code, lines]).toEqual([0, [closed('server-stop')]]);
    expect(server.requests).toHaveLength(1);
  });
});

describe.each(TRANSPORTS)('a stream over %s', (transport) => {
  it('is known by the essence of its type alone, and is UTF-8 whatever it says', async () => {
    const types = [
      'text/event-stream',
      'text/event-stream;',
      'text/event-stream;charset=windows-1252',
      'TEXT/EVENT-STREAM ; charset=x',
      'Text/Event-Stream',
      'text/html, text/event-stream',
      'text/event-stream; charset="a,b"',
    ];
    const { url } = await serve(...types.map((type) => typedAnswer(type)));
    const { code, lines } = await listen(url, [
      '--transport',
      transport,
      '--retry',
      '100ms',
      '--max-reconnects',
      String(types.length - 1),
    ]);
    const says = types.flatMap((contentType, n): ListenLine[] => [
      { kind: 'open', status: 200, contentType },
      event('é'),
      lost('eof-clean', n === types.length - 1 ? null : 100),
    ]);
    expect([code, lines]).toEqual([0, [...says, closed('eof-clean')]]);
  });

  it('that ends is asked for again after its reconnection time, until 204', async () => {
    const { server, url } = await serve(
      `${OK}retry: 200\ndata: opened\n\n`,
      `${OK}data: reconnected\n\n`,
      'HTTP/1.1 204 No Content\r\n\r\n',
    );
    const { code, lines } = await listen(url, ['--transport', transport]);
    expect(lines).toEqual([
      opened,
      retry(200),
      event('opened'),
      lost('eof-clean', 200),
      opened,
      event('reconnected'),
      lost('eof-clean', 200),
      closed('server-stop'),
    ]);
    expect([code, server.requests.length]).toEqual([0, 3]);
    await soon();
    expect(server.requests).toHaveLength(3);
  });

  it('that ends before any event is asked for again too', async () => {
    const { url } = await serve(`${OK}retry: 100\n`, `${OK}data: data\n\n`);
    const { lines } = await listen(url, ['--transport', transport, '--events', '1']);
    expect(lines).toEqual([opened, retry(100), lost('eof-clean', 100), opened, event('data'), closed('closed-by-us')]);
  });

  it('is asked for with the fields of the standard, each time, and says who asks', async () => {
    const { server, url } = await serve(`${OK}retry: 100\ndata: a\n\n`, `${OK}data: b\n\n`);
    await listen(url, ['--transport', transport, '--events', '2', '--header', 'X-Mine: é', '--header', 'Cookie: a=b']);
    expect(server.requests).toHaveLength(2);
    for (const request of server.requests) {
      expect(request).toMatch(/^GET \/events HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/i);
      expect(request).toMatch(EXACT);
      expect(request).toMatch(/\r\nCache-Control: no-cache\r\n/);
      expect(request).toMatch(/\r\nUser-Agent: sse-probe\/\d+\.\d+\.\d+[^\r]*\r\n/);
      expect(request).toContain(`\r\nX-Mine: ${Buffer.from('é').toString('latin1')}\r\n`);
      expect(request).toContain('\r\nCookie: a=b\r\n');
      expect(request).not.toMatch(/last-event-id/i);
    }
  });

  it('is asked for with a method and a body, each time', async () => {
    const { server, url } = await serve(`${OK}retry: 100\ndata: a\n\n`, `${OK}data: b\n\n`);
    await listen(url, [
      '--transport',
      transport,
      '--events',
      '2',
      '--method',
      'POST',
      '--body',
      '{"q":"ä"}',
      '--header',
      'Content-Type: application/json',
      '--header',
      'Accept: x/y',
    ]);
    for (const request of server.requests) {
      expect(request).toMatch(/^POST \/events HTTP\/1\.1\r\n/);
      expect(request).toMatch(/\r\nContent-Length: 10\r\n/i);
      expect(request).toMatch(/\r\nAccept: x\/y\r\n/);
      expect(request).not.toMatch(EXACT);
    }
  });

  it('goes on behind any id, byte for byte', async () => {
    const ids = [
      'abc',
      'a'.repeat(255),
      'e5p3n<3k0k0s',
      'x'.repeat(9000),
      '…ü豆腐❤',
      'größe',
      'a: b, c;d',
      'a\tb',
      '"',
      '\u00ff',
    ];
    const { server, url } = await serve(
      ...ids.map((id) => `${OK}retry: 100\nid: ${id}\ndata: a\n\n`),
      `${OK}id\ndata: b\n\n`,
      `${OK}data: c\n\n`,
    );
    const { lines, stderr } = await listen(url, ['--transport', transport, '--events', String(ids.length + 2)]);
    expect(server.requests.map((_, n) => server.lastEventId(n))).toEqual([null, ...ids, null]);
    expect(lines.filter(({ kind }) => kind === 'event')).toEqual([
      ...ids.map((id) => event('a', id)),
      event('b'),
      event('c'),
    ]);
    expect(stderr).toBe('');
  });

  it('comes back without an id that no header can carry, and says so once', async () => {
    const ids = ['a\u0001b', 'a\u007fb', 'a\u001b[2J'];
    const { server, url } = await serve(
      ...ids.map((id) => `${OK}retry: 100\nid: ${id}\ndata: a\n\n`),
      'HTTP/1.1 204 No Content\r\n\r\n',
    );
    const { code, lines, stderr } = await listen(url, ['--transport', transport]);
    expect(server.requests.map((_, n) => server.lastEventId(n))).toEqual([null, null, null, null]);
    expect(lines.filter(({ kind }) => kind === 'event')).toEqual(ids.map((id) => event('a', id)));
    expect(stderr).toMatch(/^sse-probe: the last event id contains characters that a header cannot carry[^\n]*\n$/);
    expect(code).toBe(0);
  });

  it('does not go on behind the id of an unfinished block, nor use its data', async () => {
    const { server, url } = await serve(`${OK}retry: 100\nid: 1\ndata: a\n\nid: 2\ndata: b\n`, `${OK}data: c\n\n`);
    const { lines } = await listen(url, ['--transport', transport, '--events', '2']);
    expect(server.lastEventId(1)).toBe('1');
    expect(lines.filter(({ kind }) => kind === 'event')).toEqual([event('a', '1'), event('c', '1')]);
    expect((lines.find(({ kind }) => kind === 'error') as { message: string }).message).toContain(
      'an unfinished block was discarded',
    );
  });

  it('begins behind an id that was given, until the server says another', async () => {
    const { server, url } = await serve(`${OK}retry: 100\ndata: a\n\n`, `${OK}id: 42\ndata: b\n\n`, `${OK}data: c\n\n`);
    const { lines } = await listen(url, ['--transport', transport, '--events', '3', '--last-event-id', 'ä41']);
    expect(server.requests.map((_, n) => server.lastEventId(n))).toEqual(['ä41', 'ä41', '42']);
    expect(lines.filter(({ kind }) => kind === 'event')).toEqual([
      event('a', 'ä41'),
      event('b', '42'),
      event('c', '42'),
    ]);
  });

  it('whose answer is late is left at once when nobody wants it any more', async () => {
    const { server, url } = await serve((socket) => void setTimeout(() => socket.end(`${OK}data: late\n\n`), 1000));
    const { code, lines } = await listen(url, ['--transport', transport, '--duration', '200ms']);
    expect([code, lines]).toEqual([0, [closed('closed-by-us')]]);
    await soon();
    expect(server.requests).toHaveLength(1);
  });

  it('is left when it is interrupted, and not asked for again', async () => {
    const { server, url } = await serve(`${OK}retry: 100\ndata: a\n\n`);
    const listening = new Listening(url, ['--transport', transport]);
    closing.push(() => listening.stop());
    await listening.until('a second stream', () => server.requests.length === 2);
    listening.program.child.kill('SIGINT');
    const { code, lines } = await listening.ended();
    expect([code, lines.at(-1)]).toEqual([130, closed('closed-by-us')]);
    const { length } = server.requests;
    await soon();
    expect(server.requests).toHaveLength(length);
  });
});

it('the reconnection time has a floor, told once', async () => {
  const { url } = await serve(...['0', '1', '99', '100'].map((ms) => `${OK}retry: ${ms}\n`));
  const { lines, stderr } = await listen(url, ['--max-reconnects', '3']);
  expect(lines.filter(({ kind }) => kind === 'error')).toEqual(
    [100, 100, 100, null].map((ms) => lost('eof-clean', ms)),
  );
  expect(stderr).toMatch(CLAMPED);
});

it('the reconnection time has a ceiling, told once', async () => {
  await inPairs(['3600001', '2147483648', '99999999999999999999', '9'.repeat(400)], async (given) => {
    const { url } = await serve(`${OK}retry: ${given}\nretry: ${given}\ndata: a\n\n`);
    const listening = new Listening(url);
    closing.push(() => listening.stop());
    const said = Math.min(Number(given), Number.MAX_SAFE_INTEGER);
    expect(await listening.linesWhen(5)).toEqual([
      opened,
      retry(said),
      retry(said),
      event('a'),
      lost('eof-clean', 3_600_000),
    ]);
    listening.program.child.kill('SIGINT');
    expect((await listening.ended()).stderr).toMatch(CLAMPED);
  });
});

it('the reconnection time is kept from one stream to the next, and is --retry before the server says one', async () => {
  const { url } = await serve(OK, `${OK}retry: 110\n`, OK, OK);
  const { lines } = await listen(url, ['--retry', '130ms', '--max-reconnects', '3']);
  expect(lines.filter(({ kind }) => kind === 'error')).toEqual(
    [130, 110, 110, null].map((ms) => lost('eof-clean', ms)),
  );
});

it('the reconnection time grows while nobody answers, and is itself again after a stream', async () => {
  const { url } = await serve(reset, reset, reset, OK, reset, reset, 'HTTP/1.1 204 No Content\r\n\r\n');
  const { lines } = await listen(url, ['--retry', '100ms']);
  expect(
    lines.filter(({ kind }) => kind === 'error').map((line) => (line as { willRetryInMs: number }).willRetryInMs),
  ).toEqual([100, 150, 225, 100, 100, 150]);
});

async function serveHttp(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ port: number }> {
  const server = createServer(onRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port };
}

function stream(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body);
}

describe.each(TRANSPORTS)('a redirect over %s', (transport) => {
  it('of each kind is followed, with the id, and the next attempt begins at the first URL', async () => {
    const asked: string[] = [];
    const statuses = [301, 302, 303, 307, 308];
    let at = 0;
    const { port } = await serveHttp((request, response) => {
      asked.push(
        `${request.url} ${request.headers.accept} ${request.headers['cache-control']} ${request.headers['last-event-id'] ?? '-'}`,
      );
      if (request.url === '/other') stream(response, `id: ${at}\ndata: a\n\n`);
      else response.writeHead(statuses[at++] ?? 204, { location: '/other' }).end();
    });
    const { code, lines } = await listen(`http://127.0.0.1:${port}/events`, [
      '--transport',
      transport,
      '--retry',
      '100ms',
    ]);
    expect(lines.filter(({ kind }) => kind === 'event')).toEqual(statuses.map((_, n) => event('a', String(n + 1))));
    expect([code, lines.at(-1)]).toEqual([0, closed('server-stop')]);
    const fields = 'text/event-stream no-cache';
    const hops = statuses.flatMap((_, n) =>
      ['/events', '/other'].map((path) => `${path} ${fields} ${n === 0 ? '-' : n}`),
    );
    expect(asked).toEqual([...hops, `/events ${fields} 5`]);
  });

  it('to another origin gets no secrets, and one to the same gets them, each time', async () => {
    const seen: string[] = [];
    const note = ({ headers, url }: IncomingMessage): void => {
      seen.push(
        `${url} ${headers.authorization ?? '-'} ${headers.cookie ?? '-'} ${headers['x-api-key'] ?? '-'} ${headers['x-plain'] ?? '-'}`,
      );
    };
    const other = await serveHttp((request, response) => {
      note(request);
      stream(response, 'data: a\n\n');
    });
    const { port } = await serveHttp((request, response) => {
      note(request);
      if (request.url === '/events') response.writeHead(307, { location: '/same' }).end();
      else response.writeHead(308, { location: `http://127.0.0.1:${other.port}/other` }).end();
    });
    const { lines } = await listen(
      `http://127.0.0.1:${port}/events`,
      [
        '--transport',
        transport,
        '--retry',
        '100ms',
        '--events',
        '2',
        '--bearer-env',
        'TOKEN',
        '--header',
        'Cookie: a=b',
        '--header',
        'X-Api-Key: k',
        '--header',
        'X-Plain: p',
      ],
      { limits: 'export TOKEN=S3CRET' },
    );
    expect(lines.filter(({ kind }) => kind === 'event')).toHaveLength(2);
    const hops = ['/events Bearer S3CRET a=b k p', '/same Bearer S3CRET a=b k p', '/other - - - p'];
    expect(seen).toEqual([...hops, ...hops]);
  });

  it.each([
    [20, 0, closed('eof-clean')],
    [21, 1, closed('redirect-loop')],
  ])('of %d hops ends with exit code %d', async (hops, exitCode, last) => {
    const { port } = await serveHttp(({ url }, response) => {
      const at = Number(url?.slice(1));
      if (at === hops) stream(response, 'data: a\n\n');
      else response.writeHead(302, { location: `/${at + 1}` }).end();
    });
    const { code, lines } = await listen(`http://127.0.0.1:${port}/0`, [
      '--transport',
      transport,
      '--max-reconnects',
      '0',
    ]);
    expect([code, lines.at(-1)]).toEqual([exitCode, last]);
  });

  it('in a circle, or to where we do not go, is an error for good that says where', async () => {
    const places: readonly (readonly [location: string | null, cause: string, says: RegExp])[] = [
      ['/events', 'redirect-loop', /\/events/],
      [null, 'redirect-refused', /Location/],
      ['', 'redirect-refused', /Location/],
      ['http://', 'redirect-refused', /not a URL/],
      ['file:///etc/passwd', 'redirect-refused', /file:/],
      ['ftp://127.0.0.1/', 'redirect-refused', /ftp:/],
      ['javascript:alert(1)', 'redirect-refused', /javascript:/],
      ['data:text/event-stream,data:a', 'redirect-refused', /data:/],
      ['http://user:S3CRET@127.0.0.1:1/', 'redirect-refused', /user info/],
    ];
    await inPairs(transport === 'wire' ? places : places.slice(0, 2), async ([location, cause, says]) => {
      const { server, url } = await serve(answer(302, location === null ? '' : `Location: ${location}\r\n`));
      const { code, lines, stderr } = await listen(url, ['--transport', transport, '--retry', '100ms']);
      expect([location, code, lines]).toEqual([location, 1, [lost(cause, null), closed(cause)]]);
      expect((lines[0] as { message: string }).message).toMatch(says);
      expect(JSON.stringify(lines) + stderr).not.toContain('S3CRET');
      expect(server.requests.length).toBe(cause === 'redirect-loop' ? 21 : 1);
    });
  });

  it('to a port where nobody is, is a network error: the first URL is asked again', async () => {
    const { server, url } = await serve(
      answer(302, 'Location: http://[::ffff:127.0.0.1]:1/\r\nContent-Length: 0\r\n'),
      `${OK}data: a\n\n`,
    );
    const { lines } = await listen(url, ['--transport', transport, '--retry', '100ms', '--events', '1']);
    expect(lines).toEqual([lost('refused', 100), opened, event('a'), closed('closed-by-us')]);
    expect(server.requests).toHaveLength(2);
  });
});

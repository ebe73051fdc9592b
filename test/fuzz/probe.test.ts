/** A whole probe of a server that answers anything: it ends with a result, which every format can show. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import type { ProbeOptions } from '../../src/library/probe-options.ts';
import { runProbeOptions } from '../../src/library/probe.ts';
import { hostileStream } from '../sse/hostile-streams.ts';
import { anyText } from '../support/hostile-result.ts';
import { afterRequest, RawServer } from '../wire/raw-server.ts';
import { response } from '../wire/response-arbitrary.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

/** Longer than a probe is given, its second stream and its return included: what takes this long does not end. */
const MOST_MS = 12_000;

let server: RawServer;
/** One for each connection, the last for all that follow. */
let answers: readonly Answer[] = [];
let asked = 0;
beforeAll(async () => {
  server = await RawServer.start((socket) => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    afterRequest(socket, () => {
      socket.write(bytesOf(answer?.says ?? ''));
      if (answer?.ends === 'fin') socket.end();
      if (answer?.ends === 'rst') socket.resetAndDestroy();
    });
  });
});
afterAll(() => server.close());

const hostile = hostileStream.map((bytes) => bytes.toString('latin1'));
const json = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom(
    '[DONE]',
    '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"x","version":"1"}}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":null}}',
    '{"choices":[{"delta":{"content":"a"},"finish_reason":null}]}',
    '{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"completion_tokens":-1}}',
    '{"error":{"message":"x"}}',
    '['.repeat(5000),
    `{"a":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}`,
  ),
);
const events = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('', 'event: endpoint\n', 'event: connected\n', 'id: 7\n', 'retry: 1\n'),
        damaged(json, json),
      )
      .map(
        ([before, data]) =>
          `${before}data: ${Buffer.from(data)
            .toString('latin1')
            .replaceAll(/[\r\n]/g, '')}\n\n`,
      ),
    { maxLength: 6 },
  )
  .map((all) => all.join(''));
/** Only paths and what is no URL: no other server is to be asked. */
const location = fc.constantFrom(
  '/',
  '/events',
  '?x',
  '',
  '//',
  'http://',
  'http://[::1',
  'ftp://127.0.0.1/',
  'data:,x',
  '/%zz',
  '/\x80',
);
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant('200') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('204', '301', '307', '401', '429', '503', '101', '103', '000', '099', '999'),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9]{3}$/) },
);
const type = fc.oneof(
  { weight: 4, arbitrary: fc.constant('text/event-stream') },
  { weight: 1, arbitrary: fc.constantFrom('text/event-stream; charset=latin1', 'text/html', 'application/json', '') },
);
const head = fc
  .tuple(
    status,
    type,
    fc.array(
      fc.oneof(
        fc.tuple(
          fc.constantFrom(
            'Server',
            'Via',
            'X-Accel-Buffering',
            'Cache-Control',
            'Keep-Alive',
            'Retry-After',
            'Age',
            'X-Cache',
            'Mcp-Session-Id',
            'Content-Encoding',
            'Date',
            'Set-Cookie',
            'Alt-Svc',
          ),
          fc.oneof(
            fc.stringMatching(/^[ -~\x80-\xff]{0,12}$/),
            anyBytes(4),
            fc.constantFrom('nginx', 'gzip', 'br', '60', '-1', 'no-cache', 'HIT', 'timeout=5', '1e9'),
          ),
        ),
        fc.tuple(fc.constant('Location'), location),
      ),
      { maxLength: 5 },
    ),
  )
  .map(
    ([code, media, fields]) =>
      `HTTP/1.1 ${code} X\r\nContent-Type: ${media}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
const says = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(head, fc.oneof(hostile, events)).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: response },
  {
    weight: 1,
    arbitrary: fc
      .tuple(head, anyText)
      .map(([start, text]) => start + Buffer.from(text.slice(0, 5000)).toString('latin1')),
  },
  { weight: 1, arbitrary: anyBytes(50) },
);
const answer = fc.record({
  says,
  ends: fc.constantFrom('fin' as const, 'rst' as const, 'stays' as const, 'stays' as const),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

fuzz({
  name: 'probe',
  holds: 'answers of any kind end a probe with a result, in time, and never the process',
  input: fc.record({
    answers: fc.array(answer, { minLength: 1, maxLength: 4 }),
    profile: fc.constantFrom('sse' as const, 'sse' as const, 'openai' as const, 'mcp' as const),
  }),
  cases: 3,
  mostMsPerCase: MOST_MS,
  async check(input) {
    answers = input.answers;
    asked = 0;
    const options: ProbeOptions = { duration: '150ms', deadline: '1500ms', profile: input.profile };
    const report = await runProbeOptions(`http://127.0.0.1:${server.port}/events`, options);
    expect(report.checks.length).toBeGreaterThan(0);
    for (const socket of server.sockets) socket.destroy();
  },
});

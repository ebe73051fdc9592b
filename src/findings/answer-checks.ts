/** Checks of the way to the server, and of the head of its answer. */
import type { CheckRow } from './check-row.ts';

/** What a check that reads a header or a status cannot get wrong. */
const READ = 'Never: it says what stands in the answer.';

export const ANSWER_CHECKS = {
  reachable: {
    means: 'Somebody listens at the address.',
    measured:
      'The first connection: name lookup and TCP, to each address of the name in turn until one answers. Fails when none does, with the cause; certificates belong to `tls`.',
    notSeen: 'Whether other addresses of the name, or clients elsewhere, are served as well.',
    errs: 'When this machine cannot reach what others can: its resolver, its firewall, its proxy settings.',
  },
  tls: {
    means: 'The certificate is one that clients accept, and for how long.',
    measured:
      'One handshake that sends nothing. Fails when it fails, and when the chain is not trusted; warns below 14 days, and with `--insecure`.',
    notSeen: 'Revocation; other names and other servers behind the same address (`--connect-to` names one).',
    errs: 'When a browser trusts what Node does not: an authority that only the system knows (name it with `--ca`). The days count by the clock of this machine.',
  },
  redirects: {
    means: 'The URL leads to the stream by itself.',
    measured:
      'Redirects are followed as a browser follows them, 20 at most. Fails for a circle, for a way down from https to http, and for one to an address that a redirect may not lead to; warns from three on, since each reconnection pays for them again.',
    notSeen: 'Redirects that depend on who asks, on cookies or on the time.',
    errs: READ,
  },
  status: {
    means: 'The answer is 200, and it comes: with any other a browser gives up for good.',
    measured:
      'The status line. Fails for all but 200 and 204, when no head comes in time, and when a second client gets none within 3 s while the first has its stream; 204 is a warning, since it tells clients to stop. An answer that is refused is quoted: its first sentence, `Retry-After` and `WWW-Authenticate`.',
    notSeen: 'What others get: with their own token, under load, from another server.',
    errs: 'Of a head that does not come: when the server would have sent it after the deadline.',
  },
  'content-type': {
    means: 'The answer says that it is an event stream.',
    measured: '`Content-Type` of an answer 200. Fails when it is not `text/event-stream`.',
    notSeen: 'Whether the body is what the type says: `framing`.',
    errs: READ,
  },
  charset: {
    means: 'The type names no other text encoding than the one that clients read.',
    measured: '`charset` of the `Content-Type`. Warns when it is not UTF-8, which is what clients read all the same.',
    notSeen: 'Bytes that are not UTF-8 under a type that says nothing: `framing`.',
    errs: 'When the server names another charset and writes UTF-8, or plain ASCII: then only the name is wrong.',
  },
  'cache-control': {
    means: 'No cache may keep the stream.',
    measured:
      '`Cache-Control`, read word by word. Fails for `public` and for a `max-age` or `s-maxage` above 0; warns where nothing is said; that `no-transform` is missing is advice. Where nothing is said of an answer to another method than GET, it passes: such answers are not cached.',
    notSeen: 'Caches that ignore the header, and rules of a CDN: `cached` looks whether one answers.',
    errs: 'When no cache stands in between: then the header is missing and nothing comes of it. That is why it is a warning.',
  },
  'proxy-buffering': {
    means: 'The stream tells nginx not to collect it.',
    measured: '`X-Accel-Buffering`. Warns for `yes`; that it is missing is advice.',
    notSeen:
      'An nginx in between takes the header for itself, so behind one it is never seen: `buffered` looks at what came.',
    errs: READ,
  },
  compression: {
    means: 'The stream is not compressed unasked, and where compression is offered events are not held back by it.',
    measured:
      'The main stream asks for `identity`, a second one offers gzip, deflate and br; events that came on both must have come at the same time. Fails when the second cannot be decoded, gets none of three events or more, gets bytes of a compressor that is not flushed, or gets events more than 500 ms later (the median of three or more). Warns when the main stream came compressed, or under the name of a coding that does not exist.',
    notSeen:
      'What it costs the server; zstd. Where less than three events come to both, nothing is said of delays. Only `GET` asks a second time.',
    errs: 'When each connection is sent events of its own that look alike: then the two are not the same events. Of the head it errs never.',
  },
  cors: {
    means: 'A page of another origin may read the stream.',
    measured:
      '`Access-Control-Allow-Origin`, `-Credentials` and `Vary`. Fails when an `Origin` was sent (`--header "Origin: …"`) and the answer does not name it; warns for any origin together with credentials, and for a missing `Vary`. Skipped where no origin was asked about.',
    notSeen: 'Preflight requests, which `EventSource` never sends; origins that were not asked about.',
    errs: READ,
  },
  'late-headers': {
    means: 'The response head does not wait for the first event.',
    measured:
      'A head that took 250 ms or more and came within 20 ms of an event, here and for a second client that asked at another time: both were released at one moment, or by an event that the other heard too; or each by the first event of its own connection, after the period of those that follow, or after 0.9 s or more. It is a warning.',
    notSeen: 'Heads that are held for less than 250 ms; by one client alone it cannot be told, and is advice.',
    errs: 'When a slow server happens to answer two clients in the very moment in which it publishes, though they asked at different times. A server that takes a second for each head and greets with an event looks as if it waited for it: both are said.',
  },
} as const satisfies Readonly<Record<string, CheckRow>>;

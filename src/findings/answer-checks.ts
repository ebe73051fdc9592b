/** Checks of the path to the server, and of its response headers. */
import type { CheckRow } from './check-row.ts';

/** What a check that reads a header or a status cannot get wrong. */
const READ = 'Never: it reports what the response says.';

export const ANSWER_CHECKS = {
  reachable: {
    means: 'A server listens at the address.',
    measured:
      'The first connection: DNS lookup and TCP, to each address of the name in turn until one accepts. Fails if none does, with the cause; certificates belong to `tls`.',
    notSeen: 'Whether the other addresses of the name work, or clients elsewhere can connect.',
    errs: 'If this machine cannot reach what others can: its resolver, its firewall, its proxy settings.',
  },
  tls: {
    means: 'Clients accept the certificate, and it does not expire soon.',
    measured:
      'One handshake without a request. Fails if the handshake fails or the chain is not trusted; warns below 14 days to expiry, and with `--insecure`.',
    notSeen: 'Revocation; other names and other servers behind the same address (`--connect-to` chooses one).',
    errs: 'If browsers trust an authority that Node does not know, such as one of the system (give it with `--ca`). The days to expiry depend on the clock of this machine.',
  },
  redirects: {
    means: 'The URL leads to the stream with few redirects.',
    measured:
      'Redirects are followed as a browser does, 20 at most. Fails for a loop, for a redirect from https to http, and for a redirect to an address that may not be followed; warns for three or more, since each reconnection repeats them.',
    notSeen: 'Redirects that depend on the client, on cookies or on the time.',
    errs: READ,
  },
  status: {
    means: 'The status is 200 and arrives in time; for any other status browsers give up and do not reconnect.',
    measured:
      'The status line. Fails for all but 200 and 204, if no response headers arrive in time, and if a second client gets none within 3 s while the first has its stream; 204 is a warning, since it tells clients to stop. For a rejected request the response is quoted: its first sentence, `Retry-After` and `WWW-Authenticate`.',
    notSeen: 'What other clients get: with their own token, under load, from another server.',
    errs: 'For missing response headers: if the server would have sent them after the deadline.',
  },
  'content-type': {
    means: 'The response is declared as an event stream.',
    measured: '`Content-Type` of a response with status 200. Fails if it is not `text/event-stream`.',
    notSeen: 'Whether the body matches the type: `framing`.',
    errs: READ,
  },
  charset: {
    means: 'The content type names no charset other than UTF-8, the only one that clients read.',
    measured: '`charset` of the `Content-Type`. Warns if it is not UTF-8; clients decode the stream as UTF-8 anyway.',
    notSeen: 'Bytes that are not UTF-8 in a stream without a charset: `framing`.',
    errs: 'If the server names another charset but writes UTF-8 or plain ASCII: then only the name is wrong.',
  },
  'cache-control': {
    means: 'Caches may not store the stream.',
    measured:
      'The directives of `Cache-Control`. Fails for `public` and for a `max-age` or `s-maxage` above 0; warns if the header is missing; a missing `no-transform` is advice. Passes without the header for a method other than GET, since such responses are not cached.',
    notSeen: 'Caches that ignore the header, and rules of a CDN: `cached` tests whether a cache responds.',
    errs: 'If there is no cache on the path: then the missing header does no harm. That is why it is a warning.',
  },
  'proxy-buffering': {
    means: 'The stream tells nginx not to buffer it.',
    measured: '`X-Accel-Buffering`. Warns for `yes`; a missing header is advice.',
    notSeen: 'The header behind an nginx, which consumes it; `buffered` judges the arrival times instead.',
    errs: READ,
  },
  compression: {
    means: 'The stream is not compressed unless the client asks, and compression does not delay events.',
    measured:
      'The main stream asks for `identity`, a second stream offers gzip, deflate and br; the same events must arrive on both at the same time. Fails if the second stream cannot be decoded, gets none of three or more events, gets bytes of a compressor that is not flushed, or gets events more than 500 ms later (median of three or more). Warns if the main stream is compressed, or has an unknown content coding.',
    notSeen:
      'What compression costs the server; zstd. With fewer than three events on both streams, delays are not judged. Only `GET` sends a second request.',
    errs: 'If each connection gets its own events that look alike: then they are not the same events. For the headers: never.',
  },
  cors: {
    means: 'A page of another origin may read the stream.',
    measured:
      '`Access-Control-Allow-Origin`, `-Credentials` and `Vary`. Fails if an `Origin` was sent (`--header "Origin: …"`) and the response does not allow it; warns for any origin combined with credentials, and for a missing `Vary`. Skipped if no origin was sent.',
    notSeen: 'Preflight requests, which `EventSource` never sends; other origins.',
    errs: READ,
  },
  'late-headers': {
    means: 'The server sends the response headers without waiting for the first event.',
    measured:
      'Warns if the headers took 250 ms or more and arrived within 20 ms of an event, for this client and for a second client that asked at another time: both at the same moment, or with an event that the other client received too; or each with the first event of its own connection, after the interval of the events that follow or after 0.9 s or more.',
    notSeen: 'Headers that are held back for less than 250 ms. One client alone is no proof, and is advice.',
    errs: 'If a slow server happens to respond to two clients at the moment it publishes an event, although they asked at different times. A server that takes a second for its headers and sends a greeting event looks the same: the warning names both.',
  },
} as const satisfies Readonly<Record<string, CheckRow>>;

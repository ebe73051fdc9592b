/**
 * What a probe finds out about a server that is nearly sound: no heartbeat seen for long enough, and proxies that
 * buffer. How to read it: `status` is the worst of `checks` after `--fail-on` and `--ignore`; `checks` are in the
 * order of CHECK_IDS, a check that nobody could answer is `skip` with its reason as the title; `timingsMs` has each
 * phase's own length, not running totals; `arrivals` count from the same zero as `durationMs`.
 */
import type { ProbeResult } from '../../src/probe/result.ts';

export const PROBE_RESULT: ProbeResult = {
  status: 'warning',
  url: 'https://events.example.com/stream?token=REDACTED',
  startedAt: '2026-11-03T09:14:07.512Z',
  durationMs: 20_004.2,
  endedBy: 'duration',
  timingsMs: { dns: 4.1, connect: 11.7, tls: 24.9, headers: 31.4, firstByte: 31.9, firstEvent: 1032.6 },
  protocol: 'http/1.1',
  stream: {
    events: 8,
    comments: 1,
    bytes: 1184,
    maxSilenceMs: 12_003.4,
    heartbeatMs: null,
    eventTypes: { tick: 7, connected: 1 },
    lastEventId: '4117',
    retryMs: 2000,
  },
  arrivals: [
    { atMs: 72.4, bytes: 141, events: 1, comments: 0 },
    { atMs: 1073.1, bytes: 149, events: 1, comments: 0 },
    { atMs: 2074.2, bytes: 298, events: 2, comments: 0 },
    { atMs: 3075.5, bytes: 149, events: 1, comments: 0 },
    { atMs: 15_078.9, bytes: 149, events: 1, comments: 1 },
    { atMs: 16_080.3, bytes: 298, events: 2, comments: 0 },
  ],
  checks: [
    { id: 'reachable', status: 'pass', title: 'connected to 203.0.113.7 in 40.7ms', evidence: { address: '203.0.113.7', port: 443 }, hint: '' },
    { id: 'tls', status: 'warn', title: 'the certificate expires in 9 days', evidence: { version: 'TLSv1.3', validTo: '2026-11-12T00:00:00.000Z', daysLeft: 9 }, hint: 'Renew the certificate; automate it with ACME (certbot, cert-manager, Caddy).' },
    { id: 'redirects', status: 'pass', title: 'no redirect', evidence: { redirects: 0 }, hint: '' },
    { id: 'status', status: 'pass', title: '200', evidence: { status: 200 }, hint: '' },
    { id: 'content-type', status: 'pass', title: 'text/event-stream', evidence: { contentType: 'text/event-stream' }, hint: '' },
    { id: 'charset', status: 'pass', title: 'UTF-8, as every event stream', evidence: { charset: 'utf-8' }, hint: '' },
    { id: 'cache-control', status: 'warn', title: 'nothing forbids a cache to keep the stream', evidence: { cacheControl: '' }, hint: 'Send "Cache-Control: no-store, no-transform".' },
    { id: 'proxy-buffering', status: 'warn', title: 'nothing tells nginx not to buffer', evidence: { xAccelBuffering: '' }, hint: 'Send "X-Accel-Buffering: no", or set "proxy_buffering off;" in nginx.' },
    { id: 'compression', status: 'pass', title: 'not compressed, whether offered or not', evidence: { contentEncoding: '', offered: 'gzip, deflate, br' }, hint: '' },
    { id: 'cors', status: 'skip', title: 'no other origin was asked about', evidence: {}, hint: '' },
    { id: 'late-headers', status: 'pass', title: 'the head came 1001.2ms before the first event', evidence: { headersMs: 31.4, firstEventMs: 1032.6 }, hint: '' },
    { id: 'first-event', status: 'pass', title: 'the first event came after 1032.6ms', evidence: { firstEventMs: 1032.6 }, hint: '' },
    { id: 'framing', status: 'pass', title: 'every line as the standard has it', evidence: { deviations: 0 }, hint: '' },
    { id: 'event-ids', status: 'pass', title: 'every event has an id', evidence: { withId: 7, events: 8 }, hint: '' },
    { id: 'retry', status: 'pass', title: 'clients come back after 2s', evidence: { retryMs: 2000 }, hint: '' },
    { id: 'resume', status: 'fail', title: 'after coming back with Last-Event-ID 3 events were lost', evidence: { lastEventId: '4112', lost: 3, firstId: '4116' }, hint: 'Keep the last events and send those after Last-Event-ID first.' },
    { id: 'heartbeat', status: 'skip', title: 'no heartbeat was seen within 20s', evidence: { heartbeats: 1 }, hint: '' },
    { id: 'silent-gap', status: 'warn', title: 'nothing came for 12s', evidence: { maxSilenceMs: 12_003.4, limitMs: 20_000 }, hint: 'Send a comment line (": ping") every 15s or more often.' },
    { id: 'buffered', status: 'pass', title: 'events came one by one', evidence: { events: 8, reads: 6 }, hint: '' },
    { id: 'cached', status: 'pass', title: 'a second client got a stream of its own', evidence: { age: '' }, hint: '' },
    { id: 'protocol', status: 'warn', title: 'HTTP/1.1 only: a browser opens six streams to one origin at most', evidence: { protocol: 'http/1.1', offered: ['http/1.1'] }, hint: 'Offer HTTP/2, in nginx "http2 on;".' },
    { id: 'completion', status: 'pass', title: 'open until we left', evidence: { cause: 'closed-by-us' }, hint: '' },
    { id: 'error-status', status: 'pass', title: 'a wrong path gets 404', evidence: { path: 404 }, hint: '' },
    { id: 'intermediaries', status: 'warn', title: '3 of 5 would cut or hold this stream', evidence: { survive: 2, of: 5 }, hint: 'A heartbeat every 5s or more often survives every idle limit in the table.' },
  ],
  intermediaries: [
    { name: 'nginx', limitMs: 60_000, kind: 'idle', survives: true, source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout' },
    { name: 'Fastly', limitMs: 10_000, kind: 'idle', survives: false, source: 'https://www.fastly.com/documentation/reference/vcl/variables/backend-connection/bereq-between-bytes-timeout/' },
    { name: 'Envoy route', limitMs: 15_000, kind: 'absolute', survives: false, source: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts' },
    { name: 'Heroku router, first byte', limitMs: 30_000, kind: 'first-byte', survives: true, source: 'https://devcenter.heroku.com/articles/request-timeout' },
    { name: 'nginx, buffering', limitMs: null, kind: 'buffering', survives: false, source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering' },
  ],
  thresholds: [{ expression: 'firstEvent<500ms', level: 'warn', actual: 1032.6, unit: 'ms', status: 'fail' }],
  recommendedHeartbeatMs: 4000,
};

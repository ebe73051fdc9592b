/** Checks of what arrives on the stream, when it arrives, and how the stream ends. */
import type { CheckRow } from './check-row.ts';

export const STREAM_CHECKS = {
  'first-event': {
    means: 'A client receives a first event soon.',
    measured:
      'The time from the request to the first event. Fails if `--until event` saw none; warns if not a byte arrived, or if nothing but a greeting, and no heartbeat, arrived within 5 s or more. Skipped for a feed that is quiet but alive.',
    notSeen: 'Whether the content of the event is useful.',
    errs: 'If the feed has no events and its heartbeats are further apart than the probe lasts (`--duration`): the warning then only means that the probe was too short.',
  },
  framing: {
    means: 'Every line is valid, and events can be dispatched.',
    measured:
      'Each line by the HTML standard, with its byte offset. Fails for an unknown field (bare JSON, `Data:`, UTF-16), a `retry` that is not digits, an `id` with NUL, bytes that are not UTF-8, broken chunks or codings, lines and events above the limits; and, if no event arrived, for `data:` lines without a blank line, a literal `\\n`, a line that never ends, a compressor that is not flushed. Warns for events without data if there are no others, for replacement characters (U+FFFD) of a decoder before the server, and for a stream that ends in the middle of an event.',
    notSeen:
      'Text that is well-formed but wrong in another way; a Brotli compressor that is not flushed, since it sends nothing.',
    errs: 'For lines: never, each is shown with its byte offset. For a compressor: if the server sends its gzip header immediately and then really has no event for 3 s.',
  },
  'event-ids': {
    means: 'Clients can resume, and every event arrived once and in order.',
    measured:
      'The number at `--seq`, which is trusted; otherwise `seq` in the data if it counts up, or ids that form a sequence (whole numbers that rise by one, eight times and nine in ten). Fails for missing, duplicated or reordered events, unless more than a fifth of ten or more do not fit: then it is not a sequence. Without `--seq`, numbers that a second client did not get either are reported but do not fail, and neither do numbers used by several events. Warns if there is nothing at `--seq`. A stream without ids gets advice.',
    notSeen:
      'Events lost before the first one; losses if neither numbers nor ids count up (UUIDs): `soak` compares clients.',
    errs: 'If a server numbers events that it sends to other clients only, leaves out no more than a fifth, and no second client confirms it; this does not happen in the 14 dialects of the tests.',
  },
  retry: {
    means: 'Clients reconnect after a reasonable time.',
    measured: 'The last `retry:`. Warns below 100 ms and above five minutes; a missing one is advice.',
    notSeen: 'Whether all clients get the same time, so that they reconnect at the same moment.',
    errs: 'Never: it reports what arrived.',
  },
  resume: {
    means: 'A client that reconnects with `Last-Event-ID` gets the events it missed, once and in order.',
    measured:
      'A second connection resumes after an event of the main stream, which continues as the witness. Fails if events are missing, duplicated (events from before the id, the event of the id itself, or any event twice), reordered or have new ids, or if the request is rejected; warns if the id is ignored and only live events arrive, or fails if the server announced a replay (`resumedFrom` in a `connected` event). If heartbeats carry ids, another connection resumes after such an id: fails if that loses events which the id of an event does not. Two more requests use ids that the server never sent: if it rejects one in its own format, the check fails; if it rejects any other, the check warns (429 and 503 do not count). Events that the server itself reports as no longer kept (`event: missed`) pass.',
    notSeen:
      'More than the last few events of a short history; reordered or duplicated events, if nothing is published while the history is read; behaviour under load, and after a restart. Only `GET`, or `--resume`, sends a second request.',
    errs: 'If ids are not positions in one feed. A stream that starts over on each connection is recognized by its beginning, or by the same events with other ids, and skipped; if neither shows, its ids are taken for positions.',
  },
  heartbeat: {
    explainedBy: { check: 'buffered', reason: 'heartbeats arrive together with other buffered data' },
    means: 'The stream shows regularly that it is alive.',
    measured:
      'Comments, and events of the types `ping`, `heartbeat`, `keepalive` and `keep-alive`; what arrives within 250 ms of the response headers is a greeting. If the server announces an interval (`heartbeatMs` in a `connected` event), fails above one and a half intervals (late) and above three (missing), plus some slack¹. Otherwise fails above `--heartbeat-within`, by default after 55 s without a byte, and if heartbeats arrived three or more times at a constant interval and then not a byte for three intervals and 5 s. Warns if a heartbeat was due and none has arrived.',
    notSeen: 'Heartbeats further apart than the probe lasts; which layer held a heartbeat back.',
    errs: 'If this machine stood still: its longest stop is added to each limit. Without an announced interval only silence counts; a server that sends a few regular heartbeats, and means to send no more, looks like one whose timer died.',
  },
  'silent-gap': {
    explainedBy: { check: 'buffered', reason: 'events sent in that time were buffered' },
    means: 'The stream does not fall silent.',
    measured:
      'The longest time without a byte. Fails above what was announced (three intervals, `--heartbeat-within`), otherwise above 55 s, above 20 s while another connection receives events, plus some slack¹, and if a stream that flowed has been silent for 3 s and three times its longest silence while a new client receives newer events (or the second client fell silent at the same moment), or cannot reach the server (502, 504, refused, no response headers). Warns above 15.5 s, with the layers that would cut the stream.',
    notSeen: 'Silences longer than the probe lasts, or after it.',
    errs: 'If a feed is meant to be silent for a minute and no layer on the path would cut it: then set `--heartbeat-within`.',
  },
  buffered: {
    means: 'Events arrive when they are sent.',
    measured:
      'Five methods, of which one is enough to fail. (1) The times in events (at `--sent-at`, `/scheduled` or `/sent`; a time found elsewhere only shows how late events were): at least half of the events arrive in two or more batches, sent over half a second and read within 20 ms, or nearly all in one that was sent over 2 s. (2) The same times: four in five events arrive only with the next write, while earlier data arrived on time or a heartbeat arrived with them. (3) Heartbeats that arrive three together, twice, or five after 3 s without any. (4) A second client that gets the same events more than 500 ms apart (median of three or more). (5) A compressor whose bytes do not end as a flush does and then stop for half a second or more in the middle of an event, twice or for 3 s. Warns for one batch that was sent over 5 s among events that arrive immediately, and for a third of the events that are 40 or 200 ms late and hardly any less (on this machine, where both ends have the same clock), or whose second part is.',
    notSeen:
      'Bursts of events without a time; buffers that hold events for less than half a second, except for those delays; which layer it is.',
    errs: 'If a server takes 40 ms for each event: the warning looks the same. If a server itself sends late events in batches, stamped with the time they were due: then the server buffers them. Between two clients: if each gets its own stream with another rhythm.',
  },
  cached: {
    means: 'The response is a live stream, not a cached copy.',
    measured:
      'Fails if a cache says so (`Age` above 0, `X-Cache: HIT` and similar headers), if a response has the `Date` of one from 3 s before, or if a second client immediately gets what the first received over half a second or more, and then no live event.',
    notSeen: 'Caches that do not identify themselves and were not filled by this probe; other locations of a CDN.',
    errs: 'If a server replays its history to new clients and then really has no event for as long as the probe lasts.',
  },
  protocol: {
    means: 'The stream works over HTTP/1.1 and, if offered, over HTTP/2.',
    measured:
      'ALPN and the status line; if HTTP/2 is used, a second connection asks over HTTP/1.1. Warns for HTTP/1.0, for a version that fails or gets no stream, and if the response headers of one version take a second longer.',
    notSeen: 'HTTP/3; which version a browser would choose.',
    errs: 'If the second response is slow by chance: a second longer is rare, and the result shows both times.',
  },
  completion: {
    means: 'The stream stayed open, or ended as intended.',
    measured:
      'How the stream ended. Passes if the probe closed it, if the stream announced its end, or if it reached the end given with `--until`; fails if that end did not arrive, and for every other end. Two streams that end after the same silence, or at the same age, met a limit; the probe waits for the second as long as `--duration` allows. It is an idle timeout unless a stream survived such a silence, an age limit unless a stream grew older or both ended at the same moment, and neither for sure if nothing was sent. The layers with this default are named, after one cut already. Warns for two clean ends at other ages, or at the same moment as at a restart, by a server that continues to serve: these are planned, but not announced.',
    notSeen: 'Ends after the probe; why the server ended the stream.',
    errs: 'If a stream is meant to end without telling its client: a browser reconnects anyway. Describe the end with `--until event:NAME` or `--until text:…`.',
  },
  'error-status': {
    means: 'Wrong requests get an error status, and HEAD gets response headers only.',
    measured:
      'A path that should not exist, the stream without its token, and `HEAD`, once each. Warns for 5xx other than 503, if the stream is open without the token, and if HEAD gets a body; 200 for the wrong path is advice, and so is HEAD that gets no response within 2 s, or one that does not end.',
    notSeen:
      'Other wrong methods, expired tokens, other paths; whether the server counts the HEAD request as a client.',
    errs: 'If the stream is meant to be public, and the token has another purpose. For HEAD: if the server does not close a connection when asked to.',
  },
  intermediaries: {
    means: 'Which well-known proxies, load balancers and platforms would cut or buffer this stream by default.',
    measured:
      'The longest silence compared with some 40 documented limits, each with its source. A silence that was not ended by a byte, because the probe closed the stream or it was cut, is a lower bound: longer limits stay open, and a layer that has just cut the stream does not pass. Warns above 15.5 s; layers that cut at an age, or buffer, are in the table of the result.',
    notSeen: 'What is really on the path, and how it is configured.',
    errs: 'If a vendor has changed a limit since; the source of each is in the JSON. It reports what would happen, not what does.',
  },
} as const satisfies Readonly<Record<string, CheckRow>>;

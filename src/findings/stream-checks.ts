/** Checks of what comes on the stream, when it comes, and how it ends. */
import type { CheckRow } from './check-row.ts';

export const STREAM_CHECKS = {
  'first-event': {
    means: 'A client soon has something to show.',
    measured:
      'The time from the request to the first event. Fails when `--until event` waited in vain; warns when not a byte came, or within 5 s and more nothing but a greeting, without a heartbeat behind it. A feed that is quiet and alive is skipped.',
    notSeen: 'Whether the event says anything.',
    errs: 'When the feed has nothing to say and its heartbeats are further apart than the probe lasts (`--duration`): the warning then only means that too little was seen.',
  },
  framing: {
    means: 'Every line is of the format, and events can be dispatched.',
    measured:
      'Each line by the HTML standard, with its byte. Fails for a field that is none (bare JSON, `Data:`, UTF-16), a `retry` that is not digits, an `id` with NUL, bytes that are not UTF-8, broken chunks or codings, lines and events above the limits; and, where no event came at all, for `data:` lines without a blank line, a literal `\\n`, a line that never ends, a compressor that is not flushed. Warns for events without data where there are no others, for replacement characters (U+FFFD) of a decoder before the server, and for an end in the middle of an event.',
    notSeen:
      'Text that is well-formed and wrong in other ways; a Brotli compressor that is not flushed, since it sends nothing.',
    errs: 'Of lines never: each is shown with its byte. Of a compressor: when a server sends the header of its gzip at once, and for 3 s has really nothing to say.',
  },
  'event-ids': {
    means: 'Clients can say what they have seen, and everything came once and in order.',
    measured:
      'The number at `--seq`, which is believed; without it `seq` in the data where it counts, else ids that prove to be a sequence (whole numbers that rise by one, eight times and nine in ten). Fails for what is missing, duplicated or out of order, unless more than a fifth of ten or more is out of line: then it is no sequence. Without `--seq`, numbers that a second client did not get either are told and held against nobody, and so are numbers that stand for different events. A warning where nothing stands at `--seq`. Events without any id are advice.',
    notSeen:
      'What was lost before the first event; loss where neither numbers nor ids count (UUIDs): `soak` compares clients.',
    errs: 'When a server numbers events that it sends to others only, leaves no more than a fifth out, and no second client is there to see it; not in the 14 dialects of the tests.',
  },
  retry: {
    means: 'Clients come back after a sensible time.',
    measured: 'The last `retry:`. Warns below 100 ms and above five minutes; that there is none is advice.',
    notSeen: 'Whether all clients are sent the same, so that they come back all at once.',
    errs: 'Never: it says what came.',
  },
  resume: {
    means: 'A client that returns with `Last-Event-ID` gets what it missed, once and in order.',
    measured:
      'A second connection comes back behind an event that the main stream saw, which goes on as the witness. Fails when events are missing, come again (those from before the id, the one that it names, or twice), out of order or under new ids, or when the return is refused; warns when the id is ignored and only what is live comes, unless the server promised a replay (`resumedFrom` in a `connected` event): then that fails too. Where heartbeats carry ids, another connection comes back behind one of these: fails when that loses what the id of an event does not. Two more ask behind ids that were never given: one that is written as the server writes them fails when it is refused, one that is not warns (429 and 503 are no refusal). What the server says itself that it no longer has (`event: missed`) passes.',
    notSeen:
      'More than the last few events of a short history; what comes out of order or twice where nothing is published while the history is read; what happens under load, and after a restart. Only `GET` asks twice, or `--resume`.',
    errs: 'When ids are no places in one feed. A stream that begins anew for each connection is known by its beginning, or by the same events under other ids, and skipped; where neither shows, its ids are taken for places.',
  },
  heartbeat: {
    explainedBy: { check: 'buffered', reason: 'heartbeats come together with what else is held back' },
    means: 'The stream shows that it lives.',
    measured:
      'Comments, and events of the types `ping`, `heartbeat`, `keepalive` and `keep-alive`; what comes within 250 ms of the head is a greeting. Where a period is promised (`heartbeatMs` in a `connected` event) it fails above one and a half periods (late) and above three (missing), with some slack¹; elsewhere above `--heartbeat-within`, or 55 s without a byte, and where heartbeats came three times at one period or more and then not a byte for three of these periods and 5 s. Warns where one was due and none came yet.',
    notSeen: 'Heartbeats further apart than the probe lasts; which layer held one back.',
    errs: 'When this machine stood still: its own longest stop is added to each bound. Without a promise only silence counts; a server that sends a few heartbeats as a clock does, and means to send no more, looks like one whose timer died.',
  },
  'silent-gap': {
    explainedBy: { check: 'buffered', reason: 'what was sent meanwhile was held back' },
    means: 'The stream does not fall silent.',
    measured:
      'The longest time without a byte. Fails above what was promised (three periods, `--heartbeat-within`), above 55 s where nothing was, above 20 s while another connection was sent events, with some slack¹, and where a stream that flowed has been silent for 3 s and three times its longest silence while a client that comes then is sent events behind the last one (or the second client fell silent at the same moment), or reaches nobody (502, 504, refused, no head); warns above 15.5 s, with the layers that would cut it.',
    notSeen: 'Silences longer than the probe lasts, and what happens after it has ended.',
    errs: 'When a feed is meant to be silent for a minute behind nothing that would cut it: then say so with `--heartbeat-within`.',
  },
  buffered: {
    means: 'Events come when they are sent.',
    measured:
      'Five ways, one is enough to fail: by the times that events carry (at `--sent-at`, `/scheduled` or `/sent`; a time found elsewhere only tells how late events came), at least half of them in two bunches or more, sent over half a second and read within 20 ms, or nearly all in one that was sent over 2 s; by the same times, four in five events that come only with the next write (what came before came when they were written, or a heartbeat came with them); by heartbeats that come three together, twice, or five after 3 s without any; by a second client, which gets the same events more than 500 ms apart (the median of three or more); by a compressor whose bytes do not end as a flush does, and behind which nothing comes for half a second and more in the middle of an event, twice or for 3 s. Warns of one bunch that was sent over 5 s among events that come at once, and of a third of the events that are 40 or 200 ms late and hardly any less (on this machine, where both ends have one clock), or whose second part is.',
    notSeen:
      'Bursts of events without a time; buffers that hold for less than half a second, but for those delays; which layer it is.',
    errs: 'When a server takes 40 ms for each event: the warning looks the same. When a server sends its events late in bunches itself, and stamps them with the time when they were due: then it is the server that holds them. Between two clients: when each is sent a stream of its own at another rhythm.',
  },
  cached: {
    means: 'It is a stream, and not the recording of one.',
    measured:
      'Fails when a cache says so (`Age` above 0, `X-Cache: HIT` and its kin), when an answer has the `Date` of one that came 3 s before, or when a second client gets at once what the first heard over half a second or more, and then nothing live.',
    notSeen: 'Caches that say nothing and were not filled by this probe; other places of a CDN.',
    errs: 'When a server replays its past to newcomers and then really has nothing to say for as long as the probe looks.',
  },
  protocol: {
    means: 'Which HTTP is spoken, and the stream is the same in both versions.',
    measured:
      'ALPN and the status line; where HTTP/2 is spoken a second connection asks over HTTP/1.1. Warns for HTTP/1.0, for a version that fails or gets no stream, and when one head takes a second longer.',
    notSeen: 'HTTP/3; what a browser would choose.',
    errs: 'When the second of two heads is slow by chance: a second longer is rare, and shown with both times.',
  },
  completion: {
    means: 'The stream ended as it should, or not at all.',
    measured:
      'What ended it. Passes when we left, when the stream said that it was over, and when the end came that `--until` names; fails when that end did not come, and for every other end. Two streams that end after one silence, or at one age, met a limit, for which the second is waited for as long as `--duration` allows: an idle one unless such a silence was survived, an absolute one unless a stream grew older or both ended at one moment, and neither for sure where nothing was sent. The layers whose default it is are named, on one cut already. Two clean ends at other ages, or at one moment as at a restart, by a server that goes on serving, are a plan that nobody told: a warning.',
    notSeen: 'Ends later than the probe lasts; why the server ended it.',
    errs: 'When a stream is meant to end without a word to its client: a browser comes back all the same. Say what its end looks like with `--until event:NAME` or `--until text:…`.',
  },
  'error-status': {
    means: 'Those who ask wrongly are told so by the status, and HEAD gets a head and nothing more.',
    measured:
      'A path that should not exist, the same without the token, and `HEAD` once. Warns for 5xx other than 503, when the stream is open without the token, and when HEAD gets a body; 200 at a wrong path is advice, and so is HEAD that gets no answer within 2 s, or one that does not end.',
    notSeen: 'Other wrong methods, expired tokens, other paths; whether the server counts the one who asked with HEAD.',
    errs: 'When the stream is meant to be open, and the token is sent for something else. Of HEAD: when the server does not close a connection that it was asked to close.',
  },
  intermediaries: {
    means: 'Which well-known proxies, load balancers and platforms would cut or hold this stream by their defaults.',
    measured:
      'The longest silence against some 40 documented limits, each with its source. A silence that no byte ended, since we left or a cut came, is one of at least that: longer limits stay open, and what has just cut never survives. Warns where it was longer than 15.5 s; what cuts at an age, or collects bytes, is shown in the table of the result.',
    notSeen: 'What really stands in between, and how it is set.',
    errs: 'When a limit was changed by its vendor since: the source of each is in the JSON. It says what would happen, not what does.',
  },
} as const satisfies Readonly<Record<string, CheckRow>>;

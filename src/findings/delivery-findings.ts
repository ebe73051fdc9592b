/** Findings about what open streams were sent, and when. */
import type { FindingRow } from './finding-row.ts';
import { SHARED_BUS } from './shared-bus.ts';

export const DELIVERY_FINDINGS = {
  'no-events': {
    severity: 'inconclusive',
    explainedBy: ['target-down', 'not-event-stream', 'malformed-stream', 'oversize-event'],
    means: 'No client heard an event, or the one that `--until` names, so what is judged by it could not be.',
    measured:
      'Streams were open, and not one event was dispatched on any of them; sessions of MCP are left out. A warning where heartbeats came after the greeting: the feed is quiet, and alive. With `--until` also: events came, and on no stream the one that it names.',
    notSeen: 'Whether the server would have had something to say.',
    faults: [],
    advice:
      'Publish while the run lasts, run longer, or look whether the URL names a feed in which something happens; a feed that is quiet by nature can be told so by --ignore no-events.',
  },
  'silent-stream': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'A stream stayed open and was sent nothing at all any more, while others were.',
    measured:
      'Healthy clients without a byte for three promised heartbeat periods (or `--heartbeat-within`) and some slack¹, while others of the same load process were sent something; such a stream is not counted in `heartbeat-missing`. When nobody is sent anything, or a heartbeat ends the silence, that is `heartbeat-missing`. Also, without any promise: almost all open streams flowed, stopped within a second of each other though they opened further apart, and have been silent for 3 s and three times their longest silence, while a client that comes at the end of the load (it waits for 3 to 8 s) is sent events, or reaches nobody (502, 504, refused, no head); then `heartbeat-missing` is not reported besides.',
    notSeen: 'Streams on which heartbeats go on and events do not: see `event-lost`.',
    faults: ['go-silent'],
    advice:
      'Look for a client that is taken off the list without its stream being closed, and for an exception that ends the loop of one client. End a stream that can no longer be served: its client will come back.',
  },
  'targets-differ': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Several `--url` are one stream, and the clients of one hear what those of another do not.',
    measured:
      'What the first 256 healthy clients of each load process heard, while all URLs were listened to. Nothing at all on one while five events and more came on another; else less than 90 % of all events that came on any. Events are the same when they say the same, times left out (where all say the same, by their ids); what comes at the same moments may be copies in the words of each instance, and is left out. A warning where each URL numbers its events by itself: they may be feeds of their own. URLs that differ in their path or query are different streams: a warning where nothing comes on one of them.',
    notSeen:
      "URLs with fewer than three clients, unless nothing came on one; fewer than eight events; streams that are each client's own.",
    faults: [],
    advice: `What is published on one instance does not reach the clients of the others: ${SHARED_BUS}.`,
  },
  'event-lost': {
    severity: 'fail',
    explainedBy: ['target-down', 'silent-stream'],
    means: 'Events never arrived on streams that were open.',
    measured:
      'By numbers in the data, by ids that prove to be a sequence, or by comparing clients (see below); closed at the end at the highest number that had time to reach everybody. Where only clients that read slowly lost any, that is said. Also by who hears what, of 256 healthy clients of each load process: some hear nothing while all others hear the same eight events and more; groups of clients share no event, and each misses just the numbers that the others hear; one group hears a part of a numbered feed that another hears whole. Without such numbers groups are a warning, since they may be rooms; so are events with numbers of one feed of which each comes to exactly one client, or to some that change. Copies that come to all at the same moments are none of these.',
    notSeen:
      "What came before a client's first event; what nobody at all received, unless the numbers in the data show it.",
    faults: ['drop-events'],
    advice: 'Look for a queue that drops when it is full, and for `write()` results that are ignored.',
  },
  'event-duplicated': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events arrived twice on one stream.',
    measured:
      'The same, with the 32 events before the last; what comes again after a return with `Last-Event-ID` is `resume-duplicated` instead.',
    notSeen:
      'Without counting ids or numbers: what comes twice to most clients. An event later than 32 others counts as duplicated.',
    faults: ['duplicate-events'],
    advice:
      'Look for a client that is registered twice, and for a retry after `write()` returned false (the bytes were taken).',
  },
  'event-reordered': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events arrived out of order.',
    measured:
      'The same, with the 32 events before the last. Numbers and ids that cover a range are believed whatever their order; how many came late after a return with `Last-Event-ID` is told apart.',
    notSeen:
      'Order between different streams. Where clients are only compared: an order that is wrong for all; order is then called not judged.',
    faults: ['reorder-events'],
    advice: 'Write the events of one stream from one place; look for two paths (replay and live, queue and direct).',
  },
  'resume-lost': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events were missing after a return with `Last-Event-ID`, or came under other ids than before.',
    measured:
      'As `event-lost`, of what others had heard when the client came back. A server that goes on with its newest event and never said that it replays is warned. The id that clients returned with is told where a heartbeat had given it, or where an `id:` without a value had taken it away. Clients that came back and heard nothing for 2 s and three times the longest silence before, while three events came to clients without an id, are told with both ids: where all came back at once, one client more is opened as a witness, which is in no account. Events that were replayed under new ids are known by their numbers or their data.',
    notSeen:
      'Returns without an id, or behind ids that do not count (UUIDs) of a server that never replays; what the server says itself that it no longer has (`event: missed`).',
    faults: ['naive', 'resume-gap'],
    advice:
      'Keep events and replay those after the id; join history and live without a gap; tell the client what is no longer kept.',
  },
  'resume-duplicated': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events came again after a return with `Last-Event-ID`.',
    measured:
      'As `event-duplicated`, of what others had heard when the client came back, and of what came in one read with it. A replay that begins before the id counts where it was sent at once and comes to what is new.',
    notSeen:
      'Returns without an id, or behind ids that do not count of a server that never replays. Of numbers that nobody vouches for (other than `--seq` or our own server): a replay that begins before the id and is sent piece by piece; it cannot be told from a numbering that starts again.',
    faults: ['resume-duplicate'],
    advice: 'Replay only what comes after the id (not from it), and hold live events back until the history is sent.',
  },
  'head-of-line-blocking': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream'],
    means: 'Healthy clients wait while others accept nothing.',
    measured:
      'Clients that stall come only some seconds after the ramp (an eighth of the load, at most 5 s); the latency of healthy clients while the server keeps such clients is held against that before them. From when an event was sent: p90 above 500 ms and five times the p99 before; or, where the sender itself waits, half of all events later than 2 s. Our own longest stop is added, a tenth of the events must have come in bunches or never, and it must get better once they are removed. Events that never came count with the time since they were due. Where events say no time, or one that was only found: half of the healthy clients hear nothing for more than 2 s and five times the longest pause before, our own longest stop added, and then a quarter and more of what would have come, at once; a warning where nothing comes any more until the end, for nine in ten.',
    notSeen:
      'Waiting for slow clients, which are there from the start; events further apart than the blocking lasts, or without a time and further apart than a fifth of it; runs without clients that stall.',
    faults: ['head-of-line'],
    advice:
      'Never wait for one client before writing to the next: give each its own bounded queue, write without awaiting `drain`, and remove a client whose queue is full.',
  },
  'buffered-stream': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream', 'head-of-line-blocking'],
    means: 'Something on the way collects events and lets them go in bunches.',
    measured:
      'Events of a client that were due over half a second or more arrive within 20 ms (or a tenth of that time); half of all events come so, three bunches a client or more, or nine in ten in one bunch a client that was due over 2 s. Or four in five come only with the next write: what came before came when they were written, or a heartbeat came with them. A warning where most clients heard a bunch once that was sent over 5 s. A stream that comes from a cache (`Age` above 0, `X-Cache: HIT` and its kin, or the `Date` of an answer that came 3 s before) is told here, too; and, as a warning, events of which a third are 40 or 200 ms late and hardly any less (on this machine, where both ends have one clock), or whose second part is. What was late already when it was sent is not counted, nor bursts that are due together, nor what a reconnection replays. Heartbeats that are late with them are not reported besides. Also, without any times: half of all streams come compressed, their bytes do not end as a flush does, and nothing comes for half a second and more in the middle of an event, twice or for 3 s.',
    notSeen: 'Events without a time; buffers that hold for less than half a second; which layer it is.',
    faults: ['buffered'],
    advice:
      'Something on the way collects bytes: nginx (`proxy_buffering off`, or `X-Accel-Buffering: no` from the server), compression (`Cache-Control: no-transform`), a framework that must be told to flush, a CDN or serverless platform without streaming.',
  },
  'heartbeat-missing': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream'],
    means: 'A client was left without a sign of life.',
    measured:
      'Where a period is promised: three of them and some slack¹ without a heartbeat, also when one came after all. Elsewhere: no byte for `--heartbeat-within`, else for 55 s; there a silence of more than 15 s is a warning, with the layers that would cut it. Also, without a promise: heartbeats that came three times at one period or more, and then not a byte for three of these periods and 5 s until the end. Where all fell silent at one moment, it says since when. Healthy clients only; a stream that is sent nothing at all while others are is `silent-stream` instead.',
    notSeen: 'Which layer held it back.',
    faults: ['naive', 'no-heartbeat'],
    advice:
      'Send a comment (`: ping`) to every client every 15 s, whether or not events flow: proxies cut silent streams after 30 to 60 s.',
  },
  'heartbeat-late': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'buffered-stream'],
    means: 'Heartbeats come off their schedule.',
    measured:
      'More than one and a half promised periods and some slack¹ after the one before, and not yet missing; not reported beside `buffered-stream`, which explains it.',
    notSeen: 'Anything where no period is promised.',
    faults: ['late-heartbeat'],
    advice: 'Schedule each heartbeat from the one before, and look for what blocks the event loop.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

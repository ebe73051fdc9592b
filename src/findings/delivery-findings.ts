/** Findings about what open streams were sent, and when. */
import type { FindingRow } from './finding-row.ts';
import { SHARED_BUS } from './shared-bus.ts';

export const DELIVERY_FINDINGS = {
  'no-events': {
    severity: 'inconclusive',
    explainedBy: ['target-down', 'not-event-stream', 'malformed-stream', 'oversize-event'],
    means:
      'No client received an event (with `--until`: that event), so nothing that depends on events could be judged.',
    measured:
      'Streams were open, and not one event was dispatched on any of them; MCP sessions do not count. It is a warning if heartbeats arrived after the greeting: the feed is quiet, but alive. With `--until`: events arrived, but on no stream the event that it names.',
    notSeen: 'Whether the server had anything to send.',
    faults: [],
    advice:
      'Publish events during the run, run longer, or check that the URL is a feed with events; for a feed that is quiet by nature, add --ignore no-events.',
  },
  'silent-stream': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'A stream stayed open and received nothing more, while other streams did.',
    measured:
      'Healthy clients without a byte for three announced heartbeat intervals (or `--heartbeat-within`) plus some slack¹, while other clients of the same load process received something. Such a stream does not count in `heartbeat-missing`. If no client receives anything, or a heartbeat ends the silence, that is `heartbeat-missing`. Also without an announced interval: almost all open streams flowed, stopped within a second of each other although they opened further apart, and have been silent for 3 s and three times their longest silence, while a new client at the end of the load (it waits for 3 to 8 s) receives events, or reaches no server (502, 504, refused, no response headers); `heartbeat-missing` is then not reported.',
    notSeen: 'Streams on which heartbeats continue and events do not: see `event-lost`.',
    faults: ['go-silent'],
    advice:
      'Look for a client that is removed from the list without its stream being closed, and for an exception that ends the loop of one client. End a stream that the server no longer writes to: the client will reconnect.',
  },
  'targets-differ': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Several `--url` are one stream, but the clients of one do not receive what the clients of another receive.',
    measured:
      'The events of the first 256 healthy clients of each load process, while all URLs had clients: nothing on one URL while five or more events arrived on another, or less than 90 % of all events that arrived on any URL. Two events are the same if their data is the same, except for times (if all data is the same, if their ids are). Events that arrive at the same moments may be copies in the words of each instance, and do not count. It is a warning if each URL numbers its events independently: they may be separate feeds. URLs with different paths or queries are different streams: a warning if one of them receives nothing.',
    notSeen:
      'URLs with fewer than three clients, unless one receives nothing; fewer than eight events; streams that are different for each client.',
    faults: [],
    advice: `Events published on one instance do not reach the clients of the others: ${SHARED_BUS}.`,
  },
  'event-lost': {
    severity: 'fail',
    explainedBy: ['target-down', 'silent-stream'],
    means: 'Events never arrived on streams that were open.',
    measured:
      'By numbers in the data, by ids that form a sequence, or by comparing clients (see below), up to the highest number that had time to reach every client. If only slow clients lost events, the finding says so. Also by comparing the audiences of 256 healthy clients of each load process: some clients receive nothing while all others receive the same eight or more events; groups of clients share no event, and each misses exactly the numbers that the others receive; one group receives a part of a numbered feed that another receives completely. Without such numbers, groups are a warning, since they may be rooms; so are events numbered as one feed, of which each reaches exactly one client, or a changing subset. Copies that reach all clients at the same moments do not count.',
    notSeen:
      "Events before a client's first event; events that no client received, unless the numbers in the data show the gap.",
    faults: ['drop-events'],
    advice: 'Look for a queue that drops events when it is full, and for `write()` results that are ignored.',
  },
  'event-duplicated': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events arrived twice on one stream.',
    measured:
      'As `event-lost`, over the last 32 events of a stream. Events that arrive again after a reconnection with `Last-Event-ID` are `resume-duplicated` instead.',
    notSeen:
      'Without ids that count or numbers: events that most clients receive twice. An event that arrives after more than 32 later ones counts as duplicated.',
    faults: ['duplicate-events'],
    advice:
      'Look for a client that is registered twice, and for a retry after `write()` returned false (the bytes were accepted).',
  },
  'event-reordered': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events arrived out of order.',
    measured:
      'As `event-lost`, over the last 32 events of a stream. Numbers and ids that cover a range are a sequence whatever their order. Events that arrived late after a reconnection with `Last-Event-ID` are counted separately.',
    notSeen:
      'Order across different streams. If clients are only compared: an order that is wrong for all of them; the report then lists order as not judged.',
    faults: ['reorder-events'],
    advice: 'Write the events of one stream from one place; look for two paths (replay and live, queue and direct).',
  },
  'resume-lost': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'After a reconnection with `Last-Event-ID`, events were missing or had different ids than before.',
    measured:
      'As `event-lost`, for the events that other clients had received when the client reconnected. It is a warning if the server continues with its newest event and never announced a replay. The finding quotes the id that clients resumed with if it came from a heartbeat, or if an `id:` without a value cleared it. Clients that reconnected and received nothing for 2 s and three times the longest silence before, while three events reached clients without an id, are reported with both ids; if all clients reconnected at the same moment, one more client is opened as a witness, and does not count. Events that were replayed with new ids are recognized by their numbers or their data.',
    notSeen:
      'Reconnections without an id, or with ids that do not count (UUIDs) to a server that never replays; events that the server itself reports as no longer kept (`event: missed`).',
    faults: ['naive', 'resume-gap'],
    advice:
      'Keep events and replay those after the id; join history and live events without a gap; tell the client which events are no longer kept.',
  },
  'resume-duplicated': {
    severity: 'fail',
    explainedBy: ['target-down'],
    means: 'Events arrived again after a reconnection with `Last-Event-ID`.',
    measured:
      'As `event-duplicated`, for the events that other clients had received when the client reconnected, and for those that arrived in one read with them. A replay that begins before the id counts if it is sent at once and reaches new events.',
    notSeen:
      'Reconnections without an id, or with ids that do not count to a server that never replays. With numbers other than `--seq` or those of the built-in server: a replay that begins before the id and is sent piece by piece, since it looks like a numbering that starts again.',
    faults: ['resume-duplicate'],
    advice:
      'Replay only the events after the id, without the event of the id itself, and hold live events back until the history is sent.',
  },
  'head-of-line-blocking': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream'],
    means: 'Healthy clients have to wait while other clients read nothing.',
    measured:
      'Clients that stall connect some seconds after the ramp (an eighth of the load, at most 5 s); the latency of healthy clients while the server keeps stalled clients is compared with the latency before. From when an event was sent: p90 above 500 ms and above five times the p99 before; or, if the sender itself waits, half of all events more than 2 s late. The longest stop of the load process is added, a tenth of the events must have arrived in batches or never, and the latency must improve after the stalled clients are evicted. Events that never arrived count with the time since they were due. If events carry no time, or only a time that was guessed: half of the healthy clients receive nothing for more than 2 s and five times the longest pause before (plus the longest stop of the load process), and then at least a quarter of what was due, at the same moment. It is a warning if nothing more arrives until the end for nine in ten clients.',
    notSeen:
      'Clients blocked by slow clients, which are there from the start; events further apart than the blocking lasts, or without a time and further apart than a fifth of it; runs without clients that stall.',
    faults: ['head-of-line'],
    advice:
      'Never wait for one client before writing to the next: give each client its own bounded queue, write without awaiting `drain`, and evict a client whose queue is full.',
  },
  'buffered-stream': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream', 'head-of-line-blocking'],
    means: 'Events are buffered on the path and arrive in batches.',
    measured:
      'Events of a client that were due over half a second or more arrive within 20 ms (or a tenth of that time): half of all events in three or more batches per client, or nine in ten in one batch per client that was due over 2 s. Or four in five events arrive only with the next write: earlier data arrived when it was written, or a heartbeat arrived with them. It is a warning if most clients received one batch that was sent over 5 s. Also reported here: a stream that comes from a cache (`Age` above 0, `X-Cache: HIT` and similar headers, or the `Date` of a response from 3 s before); and, as a warning, a third of the events that are 40 or 200 ms late and hardly any less (on this machine, where both ends have the same clock), or whose second part is. Events that were late when they were sent, bursts that are due together, and events that a reconnection replays do not count. Heartbeats that are late with the events are not reported again. Also without times: half of all streams are compressed, their bytes do not end as a flush does, and nothing arrives for half a second or more in the middle of an event, twice or for 3 s.',
    notSeen: 'Events without a time; buffers that hold events for less than half a second; which layer it is.',
    faults: ['buffered'],
    advice:
      'Find what buffers the response: nginx (`proxy_buffering off;`, or `X-Accel-Buffering: no` from the server), compression (`Cache-Control: no-transform`), a framework that must be told to flush, a CDN or serverless platform without streaming.',
  },
  'heartbeat-missing': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'silent-stream'],
    means: 'A client received no heartbeat for too long.',
    measured:
      'If the server announces an interval: three intervals plus some slack¹ without a heartbeat, even if one arrived later. Otherwise: no byte for `--heartbeat-within`, by default 55 s; a silence of more than 15 s is a warning, with the layers that would cut it. Also without an announced interval: heartbeats that arrived three times at a constant interval, and then not a byte for three of these intervals and 5 s until the end. If all streams fell silent at the same moment, the finding says since when. Healthy clients only; a stream that receives nothing while others do is `silent-stream` instead.',
    notSeen: 'Which layer held the heartbeats back.',
    faults: ['naive', 'no-heartbeat'],
    advice:
      'Send a comment (`: ping`) to every client every 15 s, even while events flow: proxies cut silent streams after 30 to 60 s.',
  },
  'heartbeat-late': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down', 'buffered-stream'],
    means: 'Heartbeats arrive later than announced.',
    measured:
      'More than one and a half announced intervals plus some slack¹ after the previous heartbeat, but not yet missing. Not reported with `buffered-stream`, which explains it.',
    notSeen: 'Late heartbeats of a server that announces no interval.',
    faults: ['late-heartbeat'],
    advice: 'Schedule each heartbeat from the previous one, and look for what blocks the event loop.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

/** Findings about what the server keeps and how it answers, and the one about what could not be judged. */
import { compressorAdvice } from './compressors.ts';
import type { FindingRow } from './finding-row.ts';
import { headAdvice } from './language-advice.ts';

export const SERVER_FINDINGS = {
  'stale-client-kept': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'The server did not evict a client that reads nothing, although it could have noticed.',
    measured:
      'Stalled clients, `--evict-within` after the server could have noticed. A server that announces evictions can notice as soon as its kernel holds unacknowledged bytes for the client; any other server when its writes must block: its kernel accepts no more, or more was sent than kernels buffer (5 MiB). A client that is kept that long before writes block is a warning.',
    notSeen: 'Clients that the server cannot have noticed yet: they are `not-measured`.',
    faults: ['naive', 'unbounded-queue'],
    advice: 'Watch `write()` and `drain` of each client, and on Linux the unacknowledged send queue.',
  },
  'slow-client-evicted': {
    severity: 'warn',
    explainedBy: ['target-down'],
    means: 'The server evicted a client that reads slowly, but does read.',
    measured:
      'Streams of slow clients that ended, if slow clients lost at least twice as large a share of their streams as healthy clients.',
    notSeen: 'Why a stream ended; an eviction that affects other clients as well.',
    faults: [],
    advice:
      'Evict by progress, not by speed: a client that acknowledges at least some bytes within the limit is alive.',
  },
  'client-leak': {
    severity: 'fail',
    means: 'The server still counts clients after all have disconnected.',
    measured:
      "The server's own client count at the end of the settling phase, at least a second after the last client disconnected, compared with its count before the run: for the built-in server, and for any other server with `--server-clients`. If the server had other clients before, a tenth of the count may be theirs; a server that can notice only by writing gets twice its longest silence.",
    notSeen:
      'A server that does not report a count, or a wrong one; leaked clients, if as many clients of others disconnected during the run.',
    faults: ['naive', 'leak-clients'],
    advice:
      "Remove a client on 'close' and on 'error' of the response (`res.on('close')`; the event of the request does not always fire).",
  },
  'memory-growth': {
    severity: 'fail',
    means:
      "The server's memory grows throughout an even load, keeps growing after all clients have disconnected, or holds more queued data than its queues allow.",
    measured:
      'The trend of the memory, see below; in short runs against a server that is not the built-in one, its growth rate under load and without clients. For the built-in server also `queuedBytes`, compared with what its blocked clients may queue (`--max-queue` or the history, whichever is larger, each).',
    notSeen:
      'In loads of less than 50 s: growth that needs clients. Leaks smaller than the noise; cycles longer than a third of the load; for a server that is not the built-in one also growth that may be garbage.',
    faults: ['leak-memory'],
    advice:
      'Compare two heap snapshots some minutes apart under load; look for queues, histories and listeners that never shrink.',
  },
  'memory-retained': {
    severity: 'fail',
    means: 'The server retains memory after all clients have disconnected.',
    measured:
      'Heap and external memory in use, each after a garbage collection, before the first and after the last client: more than 16 MiB and 1 KiB per stream. For another server on this machine, if clients came and went (`--churn`), no client count is configured and the server retained 8 MiB and 32 KiB per stream: a second wave of up to 4,000 clients that connect and disconnect, half of them before their stream began, for at most 40 s. Its memory must then grow evenly, beyond what garbage explains (160 MiB, and one and a half times the memory before).',
    notSeen:
      'Memory outside the heap of the built-in server; for other servers a few KiB per client, which such a wave does not raise above garbage, and runtimes that fill their heap before they collect (Java).',
    faults: ['leak-memory'],
    advice:
      'Compare heap snapshots before and after the run; look for responses, queues and listeners that outlive their client.',
  },
  'late-headers': {
    severity: 'warn',
    blamesTime: true,
    explainedBy: ['generator-saturated'],
    means:
      'The server does not send the response headers before the first event; until then clients are not connected.',
    measured:
      'First streams of healthy clients: the headers took 250 ms or more and arrived in one read with an event, no client received an event between the request and that moment, and the headers of several requests sent at different times arrived at the same moment. This must hold for nine in ten streams, at two moments. Also if each connection has its own events: for three streams in four the headers arrived with the first event, after 0.9 s or more or after the interval of the events that follow, and eight in ten of these waited equally long.',
    notSeen:
      'Whether a server that takes a second for its headers waits for the event or is slow; fewer than five clients; events less than 250 ms apart.',
    faults: ['late-headers'],
    advice: headAdvice(),
  },
  'compressed-stream': {
    severity: 'warn',
    means: 'The stream is compressed although the client did not ask for it.',
    measured: '`Content-Encoding` of each stream, unless the plan sends its own `Accept-Encoding`.',
    notSeen:
      'What compression costs the server. Responses with several codings are not accepted (`connect-refused`); with an unknown coding (`none`) the body is read as it is, with a warning.',
    faults: ['compressed'],
    advice: compressorAdvice(),
  },
  'no-event-ids': {
    severity: 'warn',
    means: 'No event has an id, so a client that reconnects loses the events sent in between.',
    measured:
      'The last event id of each client at each published event; `connected` events and heartbeats do not count.',
    notSeen:
      'Whether a client can resume after an id: `resume-lost`. Responses with an end (`--until`) to a method other than GET: no client resumes them.',
    faults: [],
    advice:
      'Give each event an `id:`, keep the last events, and send those after `Last-Event-ID` to a client that reconnects. If clients need no missed events, add --ignore no-event-ids.',
  },
  'not-measured': {
    severity: 'info',
    means: 'Something could not be judged.',
    measured:
      "`info`: evictions that the server could not have noticed yet; losses, if events can neither be numbered nor compared; ids that no client received; times that are missing, are not times, or come from a wrong clock; a server that was not asked, or did not answer, at the end; for a server that is not the built-in one, failed memory readings, restarts, and growth that may be garbage or for which the run was too short. `inconclusive`: no client had a stream; a threshold on latency while this machine's clock was set; memory that the plan asks for but cannot be judged; the run's own client counts do not add up.",
    notSeen: 'What the run was not asked to judge.',
    faults: [],
    advice: 'The hint says what is needed.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

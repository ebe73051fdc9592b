/** Findings about what the server keeps and how it answers, and the one about what could not be judged. */
import { compressorAdvice } from './compressors.ts';
import type { FindingRow } from './finding-row.ts';
import { headAdvice } from './language-advice.ts';

export const SERVER_FINDINGS = {
  'stale-client-kept': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'The server could know that a client accepts nothing, and kept it.',
    measured:
      'Stalled clients, `--evict-within` after the server could know. One that promises an eviction can know as soon as its kernel holds bytes for them that lie unacknowledged; any other one when its writes must block: its kernel takes nothing more, or more was sent than kernels swallow (5 MiB). A client that is kept for that long before writes block is a warning.',
    notSeen: 'Clients for which the server could not know yet: they are `not-measured`.',
    faults: ['naive', 'unbounded-queue'],
    advice: 'Watch `write()` and `drain` of each client, and on Linux the unacknowledged queue.',
  },
  'slow-client-evicted': {
    severity: 'warn',
    explainedBy: ['target-down'],
    means: 'A client that reads slowly, but reads, was thrown out.',
    measured:
      'Streams of slow clients that ended, where they lost at least twice as large a share of their streams as healthy clients did.',
    notSeen: 'Why it ended; an eviction that takes others along.',
    faults: [],
    advice: 'Evict by progress, not by speed: a client that acknowledges some bytes within the limit is alive.',
  },
  'client-leak': {
    severity: 'fail',
    means: 'The server still counts clients after all have left.',
    measured:
      "The server's own count at the end of the settling phase, a second after the last client at the earliest, against its count before the run: of our own server, and of any other one where `--server-clients` names a URL that tells. Where it had clients of others before, a tenth of these may be theirs; a server that may notice only by writing is given two of its longest silences.",
    notSeen: 'A server that does not tell, or tells wrongly; as many clients of others that left meanwhile.',
    faults: ['naive', 'leak-clients'],
    advice:
      "Remove a client on 'close' and on 'error' of the response (`res.on('close')`; the request's does not always fire).",
  },
  'memory-growth': {
    severity: 'fail',
    means:
      "The server's memory rises all through an even load, goes on rising when all clients have left, or more waits in it than its queues may hold.",
    measured:
      'The trend of its memory, see below; in short runs of a server that is not our own its pace under load and without clients; of our own server also `queuedBytes` against what its blocked clients may have waiting (`--max-queue` or the history, whichever is more, each).',
    notSeen:
      'In loads of less than 50 s all that needs clients; leaks smaller than the noise; cycles longer than a third of the load; of a server that is not our own also what may be garbage.',
    faults: ['leak-memory'],
    advice:
      'Compare two heap snapshots some minutes apart under load; look for queues, histories and listeners that only ever grow.',
  },
  'memory-retained': {
    severity: 'fail',
    means: 'The server holds memory although all clients have gone.',
    measured:
      'Heap and external memory in use, each after a garbage collection, before the first and after the last client; more than 16 MiB and 1 KiB a stream. Of another server on this machine, where clients came and went (`--churn`), no count of clients is named and its memory kept 8 MiB and 32 KiB a stream: a second wave of up to 4,000 clients that come and go, half of them before their stream began, 40 s at most, in which it must rise on in an even line beyond what garbage does (160 MiB, and one and a half times what was there).',
    notSeen:
      'Memory outside of the heap of our own server; of others what a client leaves of a few KiB, which such a wave does not raise above garbage, and runtimes that fill their heap before they collect (Java).',
    faults: ['leak-memory'],
    advice:
      'Compare two heap snapshots, before and after; look for responses, queues and listeners that outlive their client.',
  },
  'late-headers': {
    severity: 'warn',
    blamesTime: true,
    explainedBy: ['generator-saturated'],
    means: 'The response head is held back until the first event; a client is not connected until then.',
    measured:
      'First streams of healthy clients: the head took 250 ms and more and an event came in the same read, nobody had heard one between the request and that, and several heads, asked for at different times, came at one moment. It must be so for nine in ten streams, at two moments. Also where each connection has events of its own: of three streams in four the head came with the first of them, after 0.9 s or more or after the period of those that follow, and eight in ten of these waited for as long.',
    notSeen:
      'Whether a server that takes a second for each head waits for the event or is slow; fewer than five clients; events less than 250 ms apart.',
    faults: ['late-headers'],
    advice: headAdvice(),
  },
  'compressed-stream': {
    severity: 'warn',
    means: 'The stream is compressed though the client asked for none.',
    measured: '`Content-Encoding` of each stream, unless the plan sends an `Accept-Encoding` of its own.',
    notSeen:
      'What it costs the server. Lists of several codings are refused (`connect-refused`); under the name of one that nobody knows (`none`) text is read as it is, with a warning.',
    faults: ['compressed'],
    advice: compressorAdvice(),
  },
  'no-event-ids': {
    severity: 'warn',
    means: 'No event has an id, so a client that reconnects loses what was sent meanwhile.',
    measured: 'The last event id of each client at each published event; `connected` and heartbeats do not count.',
    notSeen:
      'Whether ids lead anywhere: `resume-lost`. Answers with an end (`--until`) that are asked for by another method than GET: nobody returns to them.',
    faults: [],
    advice:
      'Give each event an `id:`, keep the last ones, and send those after `Last-Event-ID` to a client that returns. For streams of a moment, where nothing is missed: --ignore no-event-ids.',
  },
  'not-measured': {
    severity: 'info',
    means: 'Something that was to be judged could not be.',
    measured:
      "`info`: evictions that the server could not know of, what was lost where events can neither be numbered nor compared, ids that nobody got, times that are missing, no times, or of a clock that is off, a server that was asked too early or did not answer at the end; of a server that is not ours, looks at its memory without an answer, its restarts, and a rise that may be garbage or that the run was too short to judge. `inconclusive`: nobody had a stream, a threshold on latency although this machine's clock was set, memory that the plan asks for cannot be judged, our own books do not add up.",
    notSeen: 'What the run was not asked to judge.',
    faults: [],
    advice: 'Its hint says what it needs.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

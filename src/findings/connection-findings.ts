/** Findings about streams that could not be opened or kept open, and about the load processes themselves. */
import type { FindingRow } from './finding-row.ts';
import { contentTypeAdvice } from './language-advice.ts';

export const CONNECTION_FINDINGS = {
  'target-down': {
    severity: 'fail',
    means: 'The server died, does not go when it is told to stop, or in the end nobody could reach it.',
    measured:
      "The end of the server's own process with its code, signal and last words, or of the one that `--server-pid` names; of a remote target: no stream left and connections refused, reset, timed out or unresolved. With `--incident sigterm@20s`: streams that are still open when the grace (10 s, `sigterm@20s+30s` gives 30 s) is over; a process that is still there although its streams have ended is a warning, and that a server which went in order is not started again is only told.",
    notSeen: 'A server that is restarted quickly enough for clients to come back.',
    faults: ['crash'],
    advice: 'Run the server alone under the same load and read its last words.',
  },
  'not-event-stream': {
    severity: 'fail',
    means: 'The answer is something else than `text/event-stream`; browsers give up for good.',
    measured: '`Content-Type` of each answer with status 200.',
    notSeen: 'A right type with a wrong body.',
    faults: ['wrong-type'],
    advice: contentTypeAdvice(),
  },
  'malformed-stream': {
    severity: 'fail',
    means: 'Lines that a client drops or misreads, or a stream that turns into something else than HTTP.',
    measured:
      'Each line by the standard: a field that is none of the four (bare JSON too), a `retry` that is not digits, an `id` with NUL, bytes that are not UTF-8; open streams whose chunks or content coding broke; where no client heard any event, streams with `data:` lines and never a blank line, with a literal `\\n` for a line end, with one line that never ends, or compressed bytes of which nothing could be read within 3 s since the compressor is not flushed; and, as a warning beside `no-events`, events without data and no others. Exact, with a sample of each kind. Also as a warning, where all is UTF-8: replacement characters (U+FFFD) in the data, two to four side by side in two events and two places, or in a tenth of the events and three places; in one place only where five writes of one stream ended between two of them.',
    notSeen:
      'Text that is well-formed and wrong in other ways; replacement characters that stand in one place of each event, all of it in one write, since the data themselves may hold them; a Brotli compressor that is not flushed, since it sends nothing at all. A stream cut short anywhere is `client-dropped`; so is one that HTTP/2 reset, whatever the code.',
    faults: ['malformed'],
    advice:
      'Begin each line with `data:`, `event:`, `id:` or `retry:` (digits only) in small letters, also each line of JSON that has several; send UTF-8 and no NUL; let one writer write a stream.',
  },
  'oversize-event': {
    severity: 'fail',
    means: 'A line or an event without end, or too large to hold for many clients.',
    measured:
      'Streams given up at a line longer than `--max-line` or an event larger than `--max-event`, or at an id, a type or a comment of more than 1 MiB; the standard sets no limit. Also streams left while the clients of the run together held 304 MiB of unfinished events; where these are all, the run is inconclusive, since fewer clients could have read them to the end.',
    notSeen:
      'Smaller events that are too large for the network; lines that no client keeps (comments nobody reads, unknown fields).',
    faults: ['endless-line'],
    advice:
      'End each line, and each event with a blank line; send a link to what is large: every client holds the whole event until its end.',
  },
  'connect-refused': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'Clients were not let in.',
    measured:
      'Attempts that ended before the stream was open, by cause, with what one answer of the most frequent kind says for itself; our own lack of descriptors, and 204 to a client that had a stream, are left out. Also clients that never had a response head, though others did, and still wait when the run ends: a tenth of all, after 3 s and after four times as long as the others waited for theirs. Where clients are turned away (503, 429) that come in the place of others, a second wave of as many as were connected at once, after all have left, tells a leak of places from a limit. Where all answers of the most frequent status (502, 503, 504, 408) began after the same time, a second or more, the advice names what has such a time limit.',
    notSeen: 'Clients that still wait when a run of less than 3 s ends.',
    faults: ['refuse-under-load'],
    advice:
      'Check the limits of server and proxy (clients, descriptors, listen backlog) against the number of clients of this run.',
  },
  'generator-saturated': {
    severity: 'inconclusive',
    means: 'The load process was the bottleneck, or was not there.',
    measured:
      "Its event loop's delay: p99 above 200 ms, one stop above 2 s (also a machine that slept: the wall clock went on), 10 s without a pause; descriptors, ports or room for unfinished events (512 MiB a process) that ran out; a threshold that would hold without our own delay. Where the delay is less than half of every bound in time that the run was held to, and nothing that was measured comes so close to one, it is an `info`.",
    notSeen: 'A slow network between us and the server.',
    faults: [],
    advice: 'Fewer clients or events, a core of its own, another machine.',
  },
  'shard-lost': {
    severity: 'inconclusive',
    means: 'A load process died before the end, or stood still; what its clients saw is not known.',
    measured:
      'The end of each load process, with code or signal; one that says nothing for 15 s, though it would once a second, is given up and killed.',
    notSeen: 'What its clients had seen until then.',
    faults: [],
    advice:
      'Look for the out-of-memory killer in the system log, and for who stopped the process (SIGSTOP, a debugger, a frozen control group); run fewer clients a process (--processes), or give the machine more memory.',
  },
  'idle-cut': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'Streams are cut at one age, or after one silence: somebody has a deadline.',
    measured:
      'Of at least five streams that ended, 80 % within 1 s or 2 % (a tenth, where that is less than 1 s) of one age, or of one silence before the end; or at ages no further apart than their events, each when its next one was due (a limit that is noticed at a write). An idle limit is refuted by any client that survived such a silence, an absolute one where more than a quarter grew older. Where streams were silent until their cut, neither is proved: then it says so, unless the answers name a layer that has idle limits only, or one of the two is a known default. Ends of many at one instant are a restart; they count for a silence once it has happened again, and for an age where others lived on, or all were as old.',
    notSeen:
      'Limits below 1 s and above 58 minutes; limits on a part of the streams; ages where all clients arrive within a tenth of a second. Which layer it is, where none names itself and the limit is no default.',
    faults: ['idle-cut'],
    advice:
      'Its hint names the layers whose default it is, and the directive of those that the answers name, else of all that are known. Idle limit: a comment at less than half of it. Absolute limit: raise it, or end streams yourself earlier, with jitter.',
  },
  'client-dropped': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'A stream ended although its client was reading.',
    measured:
      'Every end that was not our doing, of all kinds but slow and stalled ones. A clean end behind a last word of the server (`event: done`, `event: disconnecting`, `[DONE]`, `: max-age` of our own), or clean ends at ages spread over 50 to 100 % of a limit, is counted as rotated instead. Streams that all end cleanly at one moment, as at a restart, are a warning. Both hold where everybody came back and nothing was lost. With `--until` a stream is complete that came to the event it names, and one that ends before it was cut, whatever its last word; one that breaks off behind it is a warning, one that is still open at the end of the run is only counted. Streams that break off when the plan tells the server to stop (`--incident sigterm@20s`) are a warning.',
    notSeen: 'Whether the server or something between ended it.',
    faults: ['kick-healthy'],
    advice:
      'Look for time-outs on the way (proxy read time-out, server write time-out) and for an eviction that counts the wrong clients.',
  },
  'answer-failed': {
    severity: 'fail',
    means: 'An answer of a language model ended in an error, or without a token.',
    measured:
      'With `--profile openai`: each answer, by an error in its stream or by `[DONE]` without text before it; also a run in which no event at all was part of an answer.',
    notSeen:
      'Whether the text makes sense. An answer that broke off is `client-dropped`; one that was refused is `connect-refused`.',
    faults: [],
    advice: 'Look at the log of the model server; `sse-probe probe --profile openai` shows the error.',
  },
  'reconnect-storm': {
    severity: 'warn',
    explainedBy: ['target-down'],
    means: 'Clients that were dropped come back all at one moment, or streams end and come back in a loop.',
    measured:
      'Twenty streams and a tenth of all dropped within a second, not by an incident of the plan, and two thirds of them connecting again within 250 ms; or five streams a client that ended before their own reconnection time had passed.',
    notSeen: 'Who comes back later than a minute; bursts that several servers share.',
    faults: [],
    advice:
      'Send each client a `retry:` of its own, some seconds spread by 20 % or more, and let a refused client wait longer each time.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

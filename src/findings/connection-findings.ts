/** Findings about streams that could not be opened or kept open, and about the load processes themselves. */
import type { FindingRow } from './finding-row.ts';
import { contentTypeAdvice } from './language-advice.ts';

export const CONNECTION_FINDINGS = {
  'target-down': {
    severity: 'fail',
    means:
      'The server died, did not stop when it was told to, or could not be reached by any client at the end of the run.',
    measured:
      "The exit of the server's own process, or of the process given with `--server-pid`, with its exit code, signal and last output. For a remote target: no stream is left, and connections are refused, reset, time out or do not resolve. With `--incident sigterm@20s`: streams still open at the end of the grace period (10 s; `sigterm@20s+30s` gives 30 s). A process that still runs although its streams have ended is a warning. A server that stopped in order and was not started again is only mentioned.",
    notSeen: 'A server that restarts fast enough for clients to reconnect.',
    faults: ['crash'],
    advice: 'Run the server alone under the same load, and read its last log lines.',
  },
  'not-event-stream': {
    severity: 'fail',
    means: 'The response is not `text/event-stream`, so browsers give up and do not reconnect.',
    measured: '`Content-Type` of each response with status 200.',
    notSeen: 'A correct type with an incorrect body.',
    faults: ['wrong-type'],
    advice: contentTypeAdvice(),
  },
  'malformed-stream': {
    severity: 'fail',
    means: 'A stream contains lines that clients ignore or misread, or its HTTP framing breaks.',
    measured:
      'Each line is checked against the HTML standard: an unknown field (including bare JSON), a `retry` that is not digits, an `id` with NUL, bytes that are not UTF-8. Also open streams whose chunks or content coding broke. If no client received any event: streams with `data:` lines but no blank line, with a literal `\\n` in place of a line end, with a line that never ends, or with compressed bytes that cannot be decoded within 3 s because the compressor is not flushed. Exact, with a sample of each kind. Warnings: events without data and no others (with `no-events`); and replacement characters (U+FFFD) in valid UTF-8, either two to four side by side in two events and two places, or in a tenth of the events and three places (in one place only if five writes of one stream ended between two of them).',
    notSeen:
      'Text that is well-formed but wrong in another way; replacement characters that stand in one place of each event and arrive in one write, since the data itself may contain them; a Brotli compressor that is not flushed, since it sends nothing. A stream that is cut short is `client-dropped`; so is a stream that HTTP/2 resets, whatever the code.',
    faults: ['malformed'],
    advice:
      'Begin each line with `data:`, `event:`, `id:` or `retry:` (digits only), in lower case, including each line of multi-line JSON; send UTF-8 without NUL; write each stream from one place only.',
  },
  'oversize-event': {
    severity: 'fail',
    means: 'A line or an event never ends, or is too large to hold for many clients.',
    measured:
      'Streams that the client gave up because of a line longer than `--max-line`, an event larger than `--max-event`, or an id, a type or a comment of more than 1 MiB; the standard sets no limit. Also streams that were closed while all clients of the run together held 304 MiB of unfinished events; if there are only these, the run is inconclusive, since fewer clients could have read them to the end.',
    notSeen:
      'Smaller events that are too large for the network; long lines that clients ignore (comments, unknown fields).',
    faults: ['endless-line'],
    advice:
      'End each line with a line break and each event with a blank line; send a link instead of large data: every client holds a whole event in memory.',
  },
  'connect-refused': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'Clients could not open a stream.',
    measured:
      'Connection attempts that ended before the stream was open, by cause, with a quote from one response of the most frequent kind. A lack of file descriptors on this machine, and 204 to a client that had a stream, do not count. Also clients that never received response headers although others did, and are still waiting at the end of the run: a tenth of all clients, after 3 s and after four times as long as the others waited. If clients that replace others are rejected (503, 429), a second wave of as many clients as were connected at the same time, after all have disconnected, distinguishes leaked connection slots from a limit. If all responses of the most frequent status (502, 503, 504, 408) began after the same time, a second or more, the advice names what has such a timeout.',
    notSeen: 'Clients still waiting at the end of a run of less than 3 s.',
    faults: ['refuse-under-load'],
    advice:
      'Compare the limits of server and proxy (clients, file descriptors, listen backlog) with the number of clients of this run.',
  },
  'generator-saturated': {
    severity: 'inconclusive',
    means: 'A load process was the bottleneck, or was stopped for a time.',
    measured:
      'The event loop delay of the load processes: p99 above 200 ms, a single stop above 2 s (including a suspended machine, whose wall clock went on), or 10 s without a pause. Also file descriptors, ports or memory for unfinished events (512 MiB per process) that ran out, and a threshold that would hold without the delay of the load process. It is `info` if the delay is less than half of every time limit of the run and no measured time comes that close to its limit.',
    notSeen: 'A slow network between this machine and the server.',
    faults: [],
    advice: 'Use fewer clients or events, a CPU core per load process, or another machine.',
  },
  'shard-lost': {
    severity: 'inconclusive',
    means:
      'A load process died before the end of the run, hung, or could not be heard any more, so what its clients missed is unknown.',
    measured:
      'The exit of each load process, with code or signal. A process that reports nothing for 15 s, although it reports every second, is killed. A load process of a worker is also lost when its worker says so, or when Redis is lost for 30 s. What the clients of a lost process had received stays in the figures (events, bytes, connections, latency), up to the last time that it told them: every 5 s.',
    notSeen: 'What its clients received after it had last told, and what they missed.',
    faults: [],
    advice:
      'Look for the out-of-memory killer in the system log, and for what stopped the process (SIGSTOP, a debugger, a frozen cgroup); run fewer clients per process (--processes, --shards), or give the machine more memory. A worker prints why its load ended.',
  },
  'idle-cut': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'Streams are cut at the same age, or after the same silence: the server or an intermediary has a timeout.',
    measured:
      'Of at least five streams that ended, 80 % ended within 1 s or 2 % (a tenth, if that is less than 1 s) of one age, or of one silence before the end; or at ages no further apart than their events, each when its next event was due (a limit that is enforced at a write). A client that survived such a silence refutes an idle timeout; more than a quarter of the streams growing older refutes an age limit. If the streams were silent until the cut, neither is proved, and the finding says so, unless the responses name a layer that has idle timeouts only, or one of the two is a known default. Many ends at the same moment are a restart; they count for a silence only when it happens again, and for an age only if other streams lived on, or all were equally old.',
    notSeen:
      'Limits below 1 s and above 58 minutes; limits that apply to part of the streams; ages, if all clients connect within a tenth of a second. Which layer it is, if none names itself and the limit is not a known default.',
    faults: ['idle-cut'],
    advice:
      'The hint names the layers with this default, and the directive of the layers that the responses name, or else of all known layers. Idle timeout: send a comment in less than half of it. Age limit: raise it, or end streams earlier yourself, with jitter.',
  },
  'client-dropped': {
    severity: 'fail',
    blamesTime: true,
    explainedBy: ['target-down'],
    means: 'A stream ended although its client was reading.',
    measured:
      'Every end that the client did not cause, for all kinds of clients except slow and stalled ones. Counted as rotated instead: a clean end after a final event (`event: done`, `event: disconnecting`, `[DONE]`, `: max-age` of the reference server), and clean ends at ages spread over 50 to 100 % of a limit. Streams that all end cleanly at the same moment, as at a restart, are a warning. Both apply only if every client reconnected and nothing was lost. With `--until`, a stream that reaches that event is complete, and a stream that ends earlier was dropped, whatever its final event; a stream that breaks off after it is a warning, and a stream still open at the end of the run is only counted. Streams that break off when the plan stops the server (`--incident sigterm@20s`) are a warning.',
    notSeen: 'Whether the server or an intermediary ended the stream.',
    faults: ['kick-healthy'],
    advice:
      'Look for timeouts on the path (proxy read timeout, server write timeout), and for an eviction that removes the wrong clients.',
  },
  'answer-failed': {
    severity: 'fail',
    means: 'A response of a language model ended in an error, or without a token.',
    measured:
      'With `--profile openai`: each response, by an error in its stream or by `[DONE]` without text before it; also a run in which no event was part of a response.',
    notSeen:
      'Whether the text makes sense. A response that broke off is `client-dropped`; a request that was rejected is `connect-refused`.',
    faults: [],
    advice: 'Read the log of the model server; `sse-probe probe --profile openai` shows the error.',
  },
  'reconnect-storm': {
    severity: 'warn',
    explainedBy: ['target-down'],
    means: 'Dropped clients reconnect all at the same moment, or streams end and reconnect in a loop.',
    measured:
      'At least twenty streams and a tenth of all were dropped within a second, not by an incident of the plan, and two thirds of them reconnected within 250 ms; or at least five streams per client ended before their own reconnection time had passed.',
    notSeen: 'Clients that reconnect later than a minute; bursts that several servers share.',
    faults: [],
    advice:
      'Send each client its own `retry:` of a few seconds, with 20 % jitter or more, and make rejected clients wait longer each time.',
  },
} as const satisfies Readonly<Record<string, FindingRow>>;

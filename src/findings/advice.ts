/**
 * What to do about a finding that both `soak` and `probe` can have: one sentence for each id, read by detectors and
 * checks. A finding that only one of them knows, or whose advice depends on what was seen, keeps it beside its judge.
 */
import type { FindingId } from './finding-ids.ts';

export const ADVICE = {
  'buffered-stream':
    'Something on the way collects bytes: nginx (`proxy_buffering off`, or `X-Accel-Buffering: no` from the server), compression (`Cache-Control: no-transform`), a framework that must be told to flush, a CDN or serverless platform without streaming.',
  'event-lost': 'Look for a queue that drops when it is full, and for `write()` results that are ignored.',
  'event-duplicated':
    'Look for a client that is registered twice, and for a retry after `write()` returned false (the bytes were taken).',
  'event-reordered':
    'Write the events of one stream from one place; look for two paths (replay and live, queue and direct).',
  'resume-lost':
    'Keep events and replay those after the id; join history and live without a gap; tell the client what is no longer kept.',
  'resume-duplicated':
    'Replay only what comes after the id (not from it), and hold live events back until the history is sent.',
  'oversize-event':
    'End each line, and each event with a blank line; send a link to what is large: every client holds the whole event until its end.',
  'malformed-stream':
    'Begin each line with `data:`, `event:`, `id:` or `retry:` (digits only) in small letters, also each line of JSON that has several; send UTF-8 and no NUL; let one writer write a stream.',
  'heartbeat-missing':
    'Send a comment (`: ping`) to every client every 15 s, whether or not events flow: proxies cut silent streams after 30 to 60 s.',
  'heartbeat-late': 'Schedule each heartbeat from the one before, and look for what blocks the event loop.',
  'client-dropped':
    'Look for time-outs on the way (proxy read time-out, server write time-out) and for an eviction that counts the wrong clients.',
} as const satisfies Partial<Record<FindingId, string>>;

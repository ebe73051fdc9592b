/** Every finding that a soak can have, by the id that reports, `--ignore` and `--fail-on` use. Fixed names. */
export const FINDING_IDS = [
  'client-dropped', 'connect-refused', 'event-lost', 'event-duplicated', 'event-reordered', 'resume-lost',
  'resume-duplicated', 'heartbeat-missing', 'heartbeat-late', 'silent-stream', 'stale-client-kept',
  'slow-client-evicted', 'head-of-line-blocking', 'memory-growth', 'memory-retained', 'client-leak', 'target-down',
  'buffered-stream', 'compressed-stream', 'idle-cut', 'reconnect-storm', 'malformed-stream', 'oversize-event',
  'not-event-stream', 'late-headers', 'no-event-ids', 'generator-saturated', 'shard-lost', 'not-measured', 'answer-failed',
] as const;

export type FindingId = (typeof FINDING_IDS)[number];

/** Every check of a probe, in the order in which they are shown; `--fail-on` and `--ignore` use them. Fixed names. */
export const CHECK_IDS = [
  'reachable',
  'tls',
  'redirects',
  'status',
  'content-type',
  'charset',
  'cache-control',
  'proxy-buffering',
  'compression',
  'cors',
  'late-headers',
  'first-event',
  'framing',
  'event-ids',
  'retry',
  'resume',
  'heartbeat',
  'silent-gap',
  'buffered',
  'cached',
  'protocol',
  'completion',
  'error-status',
  'intermediaries',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

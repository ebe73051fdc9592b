/**
 * Every check of a probe, in the order in which they are shown; `--fail-on` and `--ignore` use the ids. Fixed names.
 */

interface CheckRow {
  /**
   * Checks that leave nothing to judge here when they fail, each with the reason that is shown in place of an answer.
   */
  readonly explainedBy?: Readonly<Record<string, string>>;
}

const ROWS = {
  reachable: {},
  tls: {},
  redirects: {},
  status: {},
  'content-type': {},
  charset: {},
  'cache-control': {},
  'proxy-buffering': {},
  compression: {},
  cors: {},
  'late-headers': {},
  'first-event': {},
  framing: {},
  'event-ids': {},
  retry: {},
  resume: {},
  heartbeat: { explainedBy: { buffered: 'heartbeats come together with what else is held back' } },
  'silent-gap': { explainedBy: { buffered: 'what was sent meanwhile was held back' } },
  buffered: {},
  cached: {},
  protocol: {},
  completion: {},
  'error-status': {},
  intermediaries: {},
} as const satisfies Readonly<Record<string, CheckRow>>;

export type CheckId = keyof typeof ROWS;

/** A row in which only checks that exist can explain it. */
interface KnownCheck extends CheckRow {
  readonly explainedBy?: Readonly<Partial<Record<CheckId, string>>>;
}

export const CHECKS_KNOWN: Readonly<Record<CheckId, KnownCheck>> = ROWS;

export const CHECK_IDS = Object.keys(ROWS) as readonly CheckId[];

/**
 * Every check of a probe, in the order in which they are shown; `--fail-on` and `--ignore` use the ids. Fixed names.
 */

interface CheckRow {
  /** The check that leaves nothing to judge here when it fails, and the reason that is shown in place of an answer. */
  readonly explainedBy?: { readonly check: string; readonly reason: string };
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
  heartbeat: { explainedBy: { check: 'buffered', reason: 'heartbeats come together with what else is held back' } },
  'silent-gap': { explainedBy: { check: 'buffered', reason: 'what was sent meanwhile was held back' } },
  buffered: {},
  cached: {},
  protocol: {},
  completion: {},
  'error-status': {},
  intermediaries: {},
} as const satisfies Readonly<Record<string, CheckRow>>;

export type CheckId = keyof typeof ROWS;

/** A row that only a check that exists can explain. */
interface KnownCheck extends CheckRow {
  readonly explainedBy?: { readonly check: CheckId; readonly reason: string };
}

export const CHECKS_KNOWN: Readonly<Record<CheckId, KnownCheck>> = ROWS;

export const CHECK_IDS = Object.keys(ROWS) as readonly CheckId[];

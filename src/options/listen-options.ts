import { bodyRule } from '../protocols/sse/profile.ts';
import {
  bearerRule,
  curlRows,
  limitRows,
  proxyRule,
  requestRows,
  trustRows,
  waitRows,
  withBodyType,
} from './asking-options.ts';
import { resolvePlan, type FlagValues, type Rule } from './resolve.ts';
import { count, duration } from './values/quantities.ts';
import { oneOf, toggle } from './values/words.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { anyText } from './values/words.ts';
import { proxyUrl } from './values/urls.ts';

/** Every option of `sse-probe listen`. */
export const listenOptions = {
  ...requestRows('Asking'),
  lastEventId: {
    flag: 'last-event-id',
    group: 'Asking',
    kind: anyText,
    default: null,
    unset: 'none',
    help: 'event id to resume after, as if the client had received it',
  },
  transport: {
    flag: 'transport',
    group: 'Asking',
    kind: oneOf('transport', ['wire', 'undici']),
    default: 'wire',
    help: 'HTTP client: wire (HTTP/1.1 and TLS) or undici (HTTP/2 over https, proxies)',
  },
  ...trustRows('Asking'),
  ...waitRows('Asking'),
  proxy: {
    flag: 'proxy',
    group: 'Asking',
    kind: proxyUrl,
    default: null,
    unset: 'proxy variables of the environment',
    help: 'HTTP proxy, for --transport undici; never used for loopback',
  },
  retryMs: {
    flag: 'retry',
    group: 'Times and bounds',
    kind: duration('100ms', '1h'),
    default: '3s',
    help: 'reconnection time until the server sends a retry field',
  },
  connectTimeoutMs: {
    flag: 'connect-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '10m'),
    default: '10s',
    help: 'time limit for the connection',
  },
  headersTimeoutMs: {
    flag: 'headers-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '1h'),
    default: '30s',
    help: 'time limit for the complete response headers',
  },
  idleTimeoutMs: {
    flag: 'idle-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '1d'),
    default: null,
    unset: 'none',
    help: 'longest time without a byte; after that the client reconnects',
  },
  ...limitRows('Times and bounds'),
  events: {
    flag: 'events',
    group: 'Ending',
    kind: count(1, 1_000_000_000),
    default: null,
    unset: 'none',
    help: 'end after this number of events',
  },
  durationMs: {
    flag: 'duration',
    group: 'Ending',
    kind: duration('10ms', '31d'),
    default: null,
    unset: 'none',
    help: 'end after this time',
  },
  maxReconnects: {
    flag: 'max-reconnects',
    group: 'Ending',
    kind: count(0, 1_000_000),
    default: null,
    unset: 'none',
    help: 'end after this number of reconnections; 0: do not reconnect',
  },
  jsonl: {
    flag: 'jsonl',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'write one JSON object per line to stdout',
  },
  quiet: {
    flag: 'quiet',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'print events only, and no notes on stderr (with --jsonl: all lines, no notes)',
  },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'disable colours; NO_COLOR and TERM=dumb in the environment do the same',
  },
  ...curlRows,
} as const satisfies OptionTable;

export type ListenPlan = PlanOf<typeof listenOptions>;

const rules: readonly Rule<ListenPlan>[] = [
  proxyRule,
  bodyRule,
  bearerRule,
  ({ lastEventId }) =>
    lastEventId !== null && /[\0\r\n]/.test(lastEventId)
      ? {
          keys: ['lastEventId'],
          message: 'an event id cannot contain a line break or NUL (HTML standard, 9.2.6)',
        }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadListenPlan({ flags }: { flags: FlagValues }): ListenPlan {
  return withBodyType(resolvePlan(listenOptions, { flags, entries: [] }, rules));
}

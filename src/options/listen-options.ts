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
    help: 'id to go on behind, as if it had been received',
  },
  transport: {
    flag: 'transport',
    group: 'Asking',
    kind: oneOf('transport', ['wire', 'undici']),
    default: 'wire',
    help: 'wire (HTTP/1.1 and TLS) or undici (HTTP/2 for https, proxies)',
  },
  ...trustRows('Asking'),
  ...waitRows('Asking'),
  proxy: {
    flag: 'proxy',
    group: 'Asking',
    kind: proxyUrl,
    default: null,
    unset: 'the environment',
    help: 'HTTP proxy, for --transport undici; never used for loopback',
  },
  retryMs: {
    flag: 'retry',
    group: 'Times and bounds',
    kind: duration('100ms', '1h'),
    default: '3s',
    help: 'reconnection time until the server sends its own',
  },
  connectTimeoutMs: {
    flag: 'connect-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '10m'),
    default: '10s',
    help: 'time for the connection',
  },
  headersTimeoutMs: {
    flag: 'headers-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '1h'),
    default: '30s',
    help: 'time for the complete response head',
  },
  idleTimeoutMs: {
    flag: 'idle-timeout',
    group: 'Times and bounds',
    kind: duration('10ms', '1d'),
    default: null,
    unset: 'none',
    help: 'longest silence, any byte counts; then the stream is left and asked for again',
  },
  ...limitRows('Times and bounds'),
  events: {
    flag: 'events',
    group: 'Ending',
    kind: count(1, 1_000_000_000),
    default: null,
    unset: 'no end',
    help: 'end after so many events',
  },
  durationMs: {
    flag: 'duration',
    group: 'Ending',
    kind: duration('10ms', '31d'),
    default: null,
    unset: 'no end',
    help: 'end after this time',
  },
  maxReconnects: {
    flag: 'max-reconnects',
    group: 'Ending',
    kind: count(0, 1_000_000),
    default: null,
    unset: 'no end',
    help: 'end when the stream is lost after so many reconnections; 0: at the first end',
  },
  jsonl: {
    flag: 'jsonl',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'one JSON object a line on stdout, for programs',
  },
  quiet: {
    flag: 'quiet',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'only events, and no notes on stderr (--jsonl: all lines, no notes)',
  },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'no colours (NO_COLOR is honoured too)',
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
          message: 'no server can have sent an id with a line end or NUL in it (HTML standard, 9.2.6)',
        }
      : null,
];

/** Defaults, then flags; frozen. @throws {UsageError} naming the flag */
export function loadListenPlan({ flags }: { flags: FlagValues }): ListenPlan {
  return withBodyType(resolvePlan(listenOptions, { flags, entries: [] }, rules));
}

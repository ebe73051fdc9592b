import { PROFILE_NAMES, profileHelp } from '../protocols/profiles.ts';
import { curlRows, requestRows, trustRows, waitRows } from './asking-options.ts';
import { judgingOptions } from './judging-options.ts';
import { incident } from './values/incident.ts';
import { list } from './values/value-kind.ts';
import { byteRate, count, duration, int, rate } from './values/quantities.ts';
import { faultName } from './values/server-values.ts';
import { oneOf, toggle } from './values/words.ts';
import { mix } from './values/mix.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { REPORT_FORMATS, reportTarget } from './values/report-target.ts';
import { hostName, proxyUrl, targetUrl } from './values/urls.ts';
import { processes } from './values/quantities.ts';
import { serverArg } from './values/server-arg.ts';

/** Every option of `sse-probe soak`, and every key of a scenario file. */
export const soakOptions = {
  urls: {
    flag: 'url',
    group: 'Target',
    kind: list(targetUrl),
    default: [],
    unset: 'a server of its own',
    help: 'stream to test; with several the clients are spread over them, as instances of one service',
  },
  profile: {
    flag: 'profile',
    group: 'Target',
    kind: oneOf('profile', PROFILE_NAMES),
    default: 'sse',
    help: profileHelp('soak', ' or '),
  },
  ...requestRows('Target'),
  ...waitRows('Target'),
  connectTimeoutMs: {
    flag: 'connect-timeout',
    group: 'Target',
    kind: duration('10ms', '10m'),
    default: '10s',
    help: 'time for the TCP connection',
  },
  headersTimeoutMs: {
    flag: 'headers-timeout',
    group: 'Target',
    kind: duration('10ms', '10m'),
    default: '10s',
    help: 'time for the complete response head',
  },
  transport: {
    flag: 'transport',
    group: 'Target',
    kind: oneOf('transport', ['wire', 'undici']),
    default: 'wire',
    help: 'wire (HTTP/1.1 and TLS, the lean one) or undici (HTTP/2 for https where the server offers it, proxies)',
  },
  streamsPerConnection: {
    flag: 'streams-per-connection',
    group: 'Target',
    kind: int(1, 10_000),
    default: '100',
    help: 'HTTP/2: clients that share one connection',
  },
  ...trustRows('Target'),
  proxy: {
    flag: 'proxy',
    group: 'Target',
    kind: proxyUrl,
    default: null,
    unset: 'what the environment names',
    help: 'HTTP proxy, for --transport undici; never used for loopback',
  },
  confirmedTargets: {
    flag: 'confirm-target',
    group: 'Target',
    kind: list(hostName),
    default: [],
    unset: 'none',
    help: 'host of a URL, spelled out: needed above 500 clients to a public address',
  },
  serverArgs: {
    flag: 'server-arg',
    group: 'Target',
    kind: list(serverArg),
    default: [],
    help: 'a flag for the server of its own: --server-arg=--evict-after=5s',
  },
  serverProcesses: {
    flag: 'server-processes',
    group: 'Target',
    kind: processes,
    default: 'auto',
    help: 'processes of the server of its own, each with a feed of its own; auto: one for each 15,000 clients',
  },
  faults: {
    flag: 'fault',
    group: 'Target',
    kind: list(faultName),
    default: [],
    help: 'give the server of its own this known defect',
  },

  clients: { flag: 'clients', group: 'Load', kind: count(1, 200_000), default: '1000', help: 'clients at once' },
  rampMs: {
    flag: 'ramp',
    group: 'Load',
    kind: duration('0s', '1h'),
    default: '5s',
    defaultAtMost: 'durationMs',
    help: 'time over which they arrive',
  },
  durationMs: {
    flag: 'duration',
    group: 'Load',
    kind: duration('1s', '31d'),
    default: '30s',
    help: 'time under load, from the end of the ramp',
  },
  settleMs: {
    flag: 'settle',
    group: 'Load',
    kind: duration('0s', '1h'),
    default: '10s',
    help: 'how long the server is watched after all clients left',
  },
  mix: {
    flag: 'mix',
    group: 'Load',
    kind: mix,
    default: 'healthy=94,slow=2,stalled=2,vanished=0,abrupt=1,resuming=1',
    help: 'weights of the kinds of clients; replaces the default wholly',
  },
  allowDegraded: {
    flag: 'allow-degraded',
    group: 'Load',
    kind: toggle,
    default: 'false',
    help: 'where clients cannot vanish, make them stalled ones, and say so in the report',
  },
  slowRateBytesPerSecond: {
    flag: 'slow-rate',
    group: 'Load',
    kind: byteRate('1B/s', '1GiB/s'),
    default: '256B/s',
    help: 'what a slow client reads',
  },
  churnPerSecond: {
    flag: 'churn',
    group: 'Load',
    kind: rate('0/s', '10000/s'),
    default: '0/s',
    help: 'clients that leave and are replaced',
  },
  incidents: {
    flag: 'incident',
    group: 'Load',
    kind: list(incident),
    default: [],
    help: 'what happens meanwhile, from the end of the ramp: reconnect-all@20s, restart-server@20s, freeze@20s+5s, sigterm@20s',
  },
  retryMs: {
    flag: 'retry',
    group: 'Load',
    kind: duration('100ms', '1h'),
    default: '3s',
    help: 'reconnection time until the server sends its own',
  },
  processes: {
    flag: 'processes',
    group: 'Load',
    kind: processes,
    default: 'auto',
    help: 'load processes on this machine; auto: one for each 15,000 clients and each url',
  },
  seed: {
    flag: 'seed',
    group: 'Load',
    kind: int(0, 4_294_967_295),
    default: null,
    unset: 'random, printed',
    help: 'the same seed gives the same plan',
  },

  ...judgingOptions,

  dryRun: {
    flag: 'dry-run',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'print the resolved plan as a scenario on stdout, without its secrets, and open nothing',
  },
  reports: {
    flag: 'report',
    group: 'Output',
    kind: list(reportTarget),
    default: [],
    help: `write FORMAT=FILE, whole or not at all, or FORMAT=- to stdout; formats: ${REPORT_FORMATS.join(', ')}`,
  },
  json: {
    flag: 'json',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'JSON report on stdout instead of the summary',
  },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'no progress on stderr' },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'no colours (NO_COLOR is honoured too)',
  },
  ...curlRows,
} as const satisfies OptionTable;

/** A plan of a soak: each option with its value, by the key of its row. */
export interface SoakPlan extends PlanOf<typeof soakOptions> {}

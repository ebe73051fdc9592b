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
import { listenAddress } from './values/listen-address.ts';
import { spreadOptions } from './spread-options.ts';
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
    unset: 'a built-in server',
    help: 'stream to test; several URLs are instances of one service, and clients are spread over them',
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
    help: 'time limit for the TCP connection',
  },
  headersTimeoutMs: {
    flag: 'headers-timeout',
    group: 'Target',
    kind: duration('10ms', '10m'),
    default: '10s',
    help: 'time limit for the complete response headers',
  },
  transport: {
    flag: 'transport',
    group: 'Target',
    kind: oneOf('transport', ['wire', 'undici']),
    default: 'wire',
    help: 'HTTP client: wire (HTTP/1.1 and TLS, least overhead) or undici (HTTP/2 over https if the server offers it, proxies)',
  },
  streamsPerConnection: {
    flag: 'streams-per-connection',
    group: 'Target',
    kind: int(1, 10_000),
    default: '100',
    help: 'number of clients that share one HTTP/2 connection',
  },
  ...trustRows('Target'),
  proxy: {
    flag: 'proxy',
    group: 'Target',
    kind: proxyUrl,
    default: null,
    unset: 'proxy variables of the environment',
    help: 'HTTP proxy, for --transport undici; never used for loopback',
  },
  confirmedTargets: {
    flag: 'confirm-target',
    group: 'Target',
    kind: list(hostName),
    default: [],
    unset: 'none',
    help: 'host of a --url that you may load; required for more than 500 clients to a public address',
  },
  serverArgs: {
    flag: 'server-arg',
    group: 'Target',
    kind: list(serverArg),
    default: [],
    help: 'flag for the built-in server: --server-arg=--evict-after=5s',
  },
  serverProcesses: {
    flag: 'server-processes',
    group: 'Target',
    kind: processes,
    default: 'auto',
    help: 'number of processes of the built-in server, each with its own feed; auto: one per 15,000 clients',
  },
  faults: {
    flag: 'fault',
    group: 'Target',
    kind: list(faultName),
    default: [],
    help: 'start the built-in server with this known defect',
  },

  clients: {
    flag: 'clients',
    group: 'Load',
    kind: count(1, 10_000_000),
    default: '1000',
    help: 'number of concurrent clients',
  },
  rampMs: {
    flag: 'ramp',
    group: 'Load',
    kind: duration('0s', '1h'),
    default: '5s',
    defaultAtMost: 'durationMs',
    help: 'time over which the clients connect',
  },
  durationMs: {
    flag: 'duration',
    group: 'Load',
    kind: duration('1s', '31d'),
    default: '30s',
    help: 'time under full load, after the ramp',
  },
  settleMs: {
    flag: 'settle',
    group: 'Load',
    kind: duration('0s', '1h'),
    default: '10s',
    help: 'time to watch the server after all clients have disconnected',
  },
  mix: {
    flag: 'mix',
    group: 'Load',
    kind: mix,
    default: 'healthy=94,slow=2,stalled=2,vanished=0,abrupt=1,resuming=1',
    help: 'weight of each kind of client; a kind that is not named gets 0',
  },
  allowDegraded: {
    flag: 'allow-degraded',
    group: 'Load',
    kind: toggle,
    default: 'false',
    help: 'if this machine cannot make clients vanish, use stalled clients instead, and say so in the report',
  },
  slowRateBytesPerSecond: {
    flag: 'slow-rate',
    group: 'Load',
    kind: byteRate('1B/s', '1GiB/s'),
    default: '256B/s',
    help: 'rate at which a slow client reads',
  },
  churnPerSecond: {
    flag: 'churn',
    group: 'Load',
    kind: rate('0/s', '10000/s'),
    default: '0/s',
    help: 'rate at which clients disconnect and are replaced by new ones',
  },
  incidents: {
    flag: 'incident',
    group: 'Load',
    kind: list(incident),
    default: [],
    help: 'incident to cause, timed from the end of the ramp: reconnect-all@20s, restart-server@20s, freeze@20s+5s, sigterm@20s',
  },
  retryMs: {
    flag: 'retry',
    group: 'Load',
    kind: duration('100ms', '1h'),
    default: '3s',
    help: 'reconnection time until the server sends a retry field',
  },
  processes: {
    flag: 'processes',
    group: 'Load',
    kind: processes,
    default: 'auto',
    help: 'number of load processes on this machine; auto: one per 15,000 clients and per url',
  },
  ...spreadOptions,
  seed: {
    flag: 'seed',
    group: 'Load',
    kind: int(0, 4_294_967_295),
    default: null,
    unset: 'random, shown in the report',
    help: 'seed of the random choices; the same seed gives the same plan',
  },

  ...judgingOptions,

  dryRun: {
    flag: 'dry-run',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'print the resolved plan to stdout as a scenario, without secrets, and do not connect',
  },
  reports: {
    flag: 'report',
    group: 'Output',
    kind: list(reportTarget),
    default: [],
    help: `write a report: FORMAT=FILE, or FORMAT=- for stdout; formats: ${REPORT_FORMATS.join(', ')}`,
  },
  metrics: {
    flag: 'metrics',
    group: 'Output',
    kind: listenAddress,
    default: null,
    unset: 'off',
    help: 'serve the figures of the run to Prometheus at http://HOST:PORT/metrics; :9100 listens on every address',
  },
  ui: {
    flag: 'ui',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'serve a web page on this machine with the run while it goes on, and with its report afterwards',
  },
  json: {
    flag: 'json',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'write the JSON report to stdout instead of the summary',
  },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'do not show progress on stderr' },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'disable colours; NO_COLOR and TERM=dumb in the environment do the same',
  },
  ...curlRows,
} as const satisfies OptionTable;

/** A plan of a soak: each option with its value, by the key of its row. */
export interface SoakPlan extends PlanOf<typeof soakOptions> {}

/**
 * What `soak()` takes. The names, values, defaults and words are those of the option table (options/soak-options.ts);
 * they are written out here because an editor shows no comments for types that are computed. A test holds the two
 * together.
 */
import type { FindingId } from '../findings/finding-rows.ts';
import type { Mix } from '../options/values/mix.ts';
import type { ProfileName } from '../protocols/profiles.ts';
import type { AskingOptions } from './asking-options.ts';
import type { SpreadOptions } from './spread-options.ts';

/**
 * The keys of a scenario file with their values, as in the table of `soak` in docs/options.md:
 * `{ clients: 200, duration: '10s' }`. Durations, sizes and rates are texts with their units.
 */
export interface SoakOptions extends AskingOptions, SpreadOptions {
  /** Path of a scenario file; what stands beside it wins over it. What it says of output is left to you. */
  scenario?: string | undefined;

  /**
   * Ends the run; the report so far is given, with `interrupted: true`. Before it has begun the promise is rejected.
   */
  signal?: AbortSignal | undefined;

  /**
   * Stream to test; several URLs are instances of one service, and clients are spread over them. One value, or a list
   * of them.
   * @defaultValue a built-in server
   */
  url?: string | URL | readonly (string | URL)[] | undefined;

  /**
   * Profile: sse (a feed), openai (language models; requests repeat after `retry`) or mcp (Model Context Protocol
   * sessions).
   * @defaultValue `'sse'`
   */
  profile?: ProfileName | undefined;

  /**
   * Time limit for the TCP connection. A duration from `10ms` to `10m`.
   * @defaultValue `'10s'`
   */
  'connect-timeout'?: string | undefined;

  /**
   * Time limit for the complete response headers. A duration from `10ms` to `10m`.
   * @defaultValue `'10s'`
   */
  'headers-timeout'?: string | undefined;

  /**
   * HTTP client: wire (HTTP/1.1 and TLS, least overhead) or undici (HTTP/2 over https if the server offers it,
   * proxies).
   * @defaultValue `'wire'`
   */
  transport?: 'wire' | 'undici' | undefined;

  /**
   * Number of clients that share one HTTP/2 connection. A whole number from `1` to `10000`.
   * @defaultValue `100`
   */
  'streams-per-connection'?: number | string | undefined;

  /**
   * HTTP proxy, for `transport: 'undici'`; never used for loopback.
   * @defaultValue proxy variables of the environment
   */
  proxy?: string | undefined;

  /**
   * Host of a `url` that you may load; required for more than 500 clients to a public address. One value, or a list of
   * them.
   * @defaultValue none
   */
  'confirm-target'?: string | readonly string[] | undefined;

  /**
   * Flag for the built-in server: `'server-arg': '--evict-after=5s'`. One value, or a list of them.
   * @defaultValue `[]`
   */
  'server-arg'?: string | readonly string[] | undefined;

  /**
   * Number of processes of the built-in server, each with its own feed; auto: one per 15,000 clients.
   * @defaultValue `'auto'`
   */
  'server-processes'?: string | number | undefined;

  /**
   * Start the built-in server with this known defect. One value, or a list of them.
   * @defaultValue `[]`
   */
  fault?: string | readonly string[] | undefined;

  /**
   * Number of concurrent clients. A whole number from `1` to `10000000`.
   * @defaultValue `1000`
   */
  clients?: number | string | undefined;

  /**
   * Time over which the clients connect. A duration from `0s` to `1h`.
   * @defaultValue `'5s'`, or the duration where that is shorter
   */
  ramp?: string | undefined;

  /**
   * Time under full load, after the ramp. A duration from `1s` to `31d`.
   * @defaultValue `'30s'`
   */
  duration?: string | undefined;

  /**
   * Time to watch the server after all clients have disconnected. A duration from `0s` to `1h`.
   * @defaultValue `'10s'`
   */
  settle?: string | undefined;

  /**
   * Weight of each kind of client; a kind that is not named gets 0.
   * @defaultValue `'healthy=94,slow=2,stalled=2,vanished=0,abrupt=1,resuming=1'`
   */
  mix?: string | Partial<Mix> | undefined;

  /**
   * If this machine cannot make clients vanish, use stalled clients instead, and say so in the report.
   * @defaultValue `false`
   */
  'allow-degraded'?: boolean | undefined;

  /**
   * Rate at which a slow client reads. A rate from `1B/s` to `1GiB/s`.
   * @defaultValue `'256B/s'`
   */
  'slow-rate'?: string | undefined;

  /**
   * Rate at which clients disconnect and are replaced by new ones. A rate from `0/s` to `10000/s`.
   * @defaultValue `'0/s'`
   */
  churn?: string | undefined;

  /**
   * Incident to cause, timed from the end of the ramp: reconnect-all@20s, restart-server@20s, freeze@20s+5s,
   * sigterm@20s. One value, or a list of them.
   * @defaultValue `[]`
   */
  incident?: string | readonly string[] | undefined;

  /**
   * Reconnection time until the server sends a retry field. A duration from `100ms` to `1h`.
   * @defaultValue `'3s'`
   */
  retry?: string | undefined;

  /**
   * Number of load processes on this machine; auto: one per 15,000 clients and per url.
   * @defaultValue `'auto'`
   */
  processes?: number | string | undefined;

  /**
   * Seed of the random choices; the same seed gives the same plan. A whole number from `0` to `4294967295`.
   * @defaultValue random, shown in the report
   */
  seed?: number | string | undefined;

  /**
   * JSON pointer to the sequence number in the data; auto: find a member that counts up.
   * @defaultValue `'auto'`
   */
  seq?: string | undefined;

  /**
   * JSON pointer to the sending time in the data (s, ms, µs, ns or ISO 8601); auto: find a member close to now.
   * @defaultValue `'auto'`
   */
  'sent-at'?: string | undefined;

  /**
   * Longest time that the server may send nothing. A duration from `10ms` to `1h`.
   * @defaultValue what the server announces, else 55s
   */
  'heartbeat-within'?: string | undefined;

  /**
   * Time within which the server must evict a client that reads nothing. A duration from `100ms` to `1d`.
   * @defaultValue what the server announces, else 95s
   */
  'evict-within'?: string | undefined;

  /**
   * Expected end of each stream: event:NAME, or text:… (in the data of an event); an earlier end counts as dropped.
   * @defaultValue none
   */
  until?: string | undefined;

  /**
   * Local process, with its children, to read the server's memory from (Linux); none: read no process. A whole number
   * from `1` to `4194304`.
   * @defaultValue the built-in server, or the process that listens at a `url` on this machine
   */
  'server-pid'?: number | string | undefined;

  /**
   * Page with the server's memory: a Prometheus series (#process_resident_memory_bytes) or JSON pointer
   * (#/memory/rssBytes).
   * @defaultValue the built-in server
   */
  'server-metrics'?: string | undefined;

  /**
   * Page with the client count of the server: a JSON pointer (#/clients/connected) or a Prometheus series.
   * @defaultValue the built-in server
   */
  'server-clients'?: string | undefined;

  /**
   * Condition that must hold, such as latency.p99<250ms; append "abort after 10s" to end the run when it is broken. One
   * value, or a list of them.
   * @defaultValue `[]`
   */
  threshold?: string | readonly string[] | undefined;

  /**
   * Fail the run if this finding is reported. One value, or a list of them.
   * @defaultValue `[]`
   */
  'fail-on'?: FindingId | readonly FindingId[] | undefined;

  /**
   * Do not count this finding. One value, or a list of them.
   * @defaultValue `[]`
   */
  ignore?: FindingId | readonly FindingId[] | undefined;
}

/**
 * What `soak()` takes. The names, values, defaults and words are those of the option table (options/soak-options.ts);
 * they are written out here because an editor shows no comments for types that are computed. A test holds the two
 * together.
 */
import type { FindingId } from '../findings/finding-rows.ts';
import type { Mix } from '../options/values/mix.ts';
import type { ProfileName } from '../protocols/profiles.ts';
import type { AskingOptions } from './asking-options.ts';

/**
 * The keys of a scenario file with their values, as in the table of `soak` in docs/options.md:
 * `{ clients: 200, duration: '10s' }`. Durations, sizes and rates are texts with their units.
 */
export interface SoakOptions extends AskingOptions {
  /** Path of a scenario file; what stands beside it wins over it. What it says of output is left to you. */
  scenario?: string | undefined;

  /**
   * Ends the run; the report so far is given, with `interrupted: true`. Before it has begun the promise is rejected.
   */
  signal?: AbortSignal | undefined;

  /**
   * Stream to test; with several the clients are spread over them, as instances of one service. One value, or a list of
   * them.
   * @defaultValue a server of its own
   */
  url?: string | URL | readonly (string | URL)[] | undefined;

  /**
   * Profile: sse (a feed), openai (language models: each client asks again after `retry`) or mcp (Model Context
   * Protocol: sessions).
   * @defaultValue `'sse'`
   */
  profile?: ProfileName | undefined;

  /**
   * Time for the TCP connection. A duration from `10ms` to `10m`.
   * @defaultValue `'10s'`
   */
  'connect-timeout'?: string | undefined;

  /**
   * Time for the complete response head. A duration from `10ms` to `10m`.
   * @defaultValue `'10s'`
   */
  'headers-timeout'?: string | undefined;

  /**
   * Transport: wire (HTTP/1.1 and TLS, the lean one) or undici (HTTP/2 for https where the server offers it, proxies).
   * @defaultValue `'wire'`
   */
  transport?: 'wire' | 'undici' | undefined;

  /**
   * HTTP/2: clients that share one connection. A whole number from `1` to `10000`.
   * @defaultValue `100`
   */
  'streams-per-connection'?: number | string | undefined;

  /**
   * HTTP proxy, for `transport: 'undici'`; never used for loopback.
   * @defaultValue what the environment names
   */
  proxy?: string | undefined;

  /**
   * Host of a URL, spelled out: needed above 500 clients to a public address. One value, or a list of them.
   * @defaultValue none
   */
  'confirm-target'?: string | readonly string[] | undefined;

  /**
   * A flag for the server of its own: `'server-arg': '--evict-after=5s'`. One value, or a list of them.
   * @defaultValue `[]`
   */
  'server-arg'?: string | readonly string[] | undefined;

  /**
   * Processes of the server of its own, each with a feed of its own; auto: one for each 15,000 clients.
   * @defaultValue `'auto'`
   */
  'server-processes'?: string | number | undefined;

  /**
   * Give the server of its own this known defect. One value, or a list of them.
   * @defaultValue `[]`
   */
  fault?: string | readonly string[] | undefined;

  /**
   * Clients at once. A whole number from `1` to `200000`.
   * @defaultValue `1000`
   */
  clients?: number | string | undefined;

  /**
   * Time over which they arrive. A duration from `0s` to `1h`.
   * @defaultValue `'5s'`, or the duration where that is shorter
   */
  ramp?: string | undefined;

  /**
   * Time under load, from the end of the ramp. A duration from `1s` to `31d`.
   * @defaultValue `'30s'`
   */
  duration?: string | undefined;

  /**
   * How long the server is watched after all clients left. A duration from `0s` to `1h`.
   * @defaultValue `'10s'`
   */
  settle?: string | undefined;

  /**
   * Weights of the kinds of clients; replaces the default wholly.
   * @defaultValue `'healthy=94,slow=2,stalled=2,vanished=0,abrupt=1,resuming=1'`
   */
  mix?: string | Partial<Mix> | undefined;

  /**
   * Where clients cannot vanish, make them stalled ones, and say so in the report.
   * @defaultValue `false`
   */
  'allow-degraded'?: boolean | undefined;

  /**
   * What a slow client reads. A rate from `1B/s` to `1GiB/s`.
   * @defaultValue `'256B/s'`
   */
  'slow-rate'?: string | undefined;

  /**
   * Clients that leave and are replaced. A rate from `0/s` to `10000/s`.
   * @defaultValue `'0/s'`
   */
  churn?: string | undefined;

  /**
   * What happens meanwhile, from the end of the ramp: reconnect-all@20s, restart-server@20s, freeze@20s+5s,
   * sigterm@20s. One value, or a list of them.
   * @defaultValue `[]`
   */
  incident?: string | readonly string[] | undefined;

  /**
   * Reconnection time until the server sends its own. A duration from `100ms` to `1h`.
   * @defaultValue `'3s'`
   */
  retry?: string | undefined;

  /**
   * Load processes on this machine; auto: one for each 15,000 clients and each url.
   * @defaultValue `'auto'`
   */
  processes?: number | string | undefined;

  /**
   * The same seed gives the same plan. A whole number from `0` to `4294967295`.
   * @defaultValue random; it is in the report
   */
  seed?: number | string | undefined;

  /**
   * JSON pointer to the sequence number in data; auto: a member that counts.
   * @defaultValue `'auto'`
   */
  seq?: string | undefined;

  /**
   * JSON pointer to the time in data; auto: a member that goes with our clock, in s, ms, µs, ns or ISO 8601.
   * @defaultValue `'auto'`
   */
  'sent-at'?: string | undefined;

  /**
   * Longest silence that the server is allowed. A duration from `10ms` to `1h`.
   * @defaultValue what the server promises, else 55s
   */
  'heartbeat-within'?: string | undefined;

  /**
   * Time in which a client that reads nothing must be removed. A duration from `100ms` to `1d`.
   * @defaultValue what the server promises, else 95s
   */
  'evict-within'?: string | undefined;

  /**
   * What ends each stream as planned: event:NAME, or text:… in the data of an event; one that ends before it was cut.
   * @defaultValue no end
   */
  until?: string | undefined;

  /**
   * Read the server's memory from this local process and all that it started (Linux); none: from no process. A whole
   * number from `1` to `4194304`.
   * @defaultValue the embedded server, or what listens at a `url` on this machine
   */
  'server-pid'?: number | string | undefined;

  /**
   * Read the server's memory here: a Prometheus series (#process_resident_memory_bytes) or a JSON pointer
   * (#/memory/rssBytes).
   * @defaultValue the embedded server
   */
  'server-metrics'?: string | undefined;

  /**
   * Read here how many clients the server counts: a JSON pointer (#/clients/connected) or a Prometheus series.
   * @defaultValue the embedded server
   */
  'server-clients'?: string | undefined;

  /**
   * What must hold, such as latency.p99<250ms; with "abort after 10s" behind it the run ends when it breaks. One value,
   * or a list of them.
   * @defaultValue `[]`
   */
  threshold?: string | readonly string[] | undefined;

  /**
   * This finding fails the run. One value, or a list of them.
   * @defaultValue `[]`
   */
  'fail-on'?: FindingId | readonly FindingId[] | undefined;

  /**
   * This finding does not count. One value, or a list of them.
   * @defaultValue `[]`
   */
  ignore?: FindingId | readonly FindingId[] | undefined;
}

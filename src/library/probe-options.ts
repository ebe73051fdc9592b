/**
 * What `probe()` takes. The names, values, defaults and words are those of the option table (options/probe-options.ts);
 * they are written out here because an editor shows no comments for types that are computed. A test holds the two
 * together.
 */
import type { CheckId } from '../findings/check-rows.ts';
import type { ProfileName } from '../protocols/profiles.ts';
import type { AskingOptions } from './asking-options.ts';

/**
 * The flags of `sse-probe probe` without their dashes, as in the table of docs/options.md: `{ until: 'event', deadline: '5s' }`.
 * Durations are texts with their units.
 */
export interface ProbeOptions extends AskingOptions {
  /** Ends the probe; what was found out so far is given, with `endedBy: 'interrupted'`. */
  signal?: AbortSignal | undefined;

  /**
   * Protocol on top of SSE: a plain stream (sse), answers of a language model (openai), Model Context Protocol (mcp).
   * @defaultValue `'sse'`
   */
  profile?: ProfileName | undefined;

  /**
   * Use HTTP/2 only.
   * @defaultValue `false`
   */
  h2?: boolean | undefined;

  /**
   * Use HTTP/1.1 even if the server offers HTTP/2.
   * @defaultValue `false`
   */
  'http1.1'?: boolean | undefined;

  /**
   * Connect to this address instead of the host in the URL, to test one of several servers behind one name.
   * @defaultValue the URL's own host
   */
  'connect-to'?: string | undefined;

  /**
   * HTTP proxy; never used for loopback.
   * @defaultValue proxy variables of the environment
   */
  proxy?: string | undefined;

  /**
   * Longest time to watch the stream; the probe ends earlier when every check has a result. A duration from `100ms` to
   * `1d`.
   * @defaultValue `'20s'`
   */
  duration?: string | undefined;

  /**
   * End as soon as this arrives: headers, event, heartbeat, event:NAME, or text:… (in the data of an event).
   * @defaultValue until every check has a result
   */
  until?: string | undefined;

  /**
   * Time limit for the whole probe, including the DNS lookup. A duration from `10ms` to `1d`.
   * @defaultValue value of `duration`
   */
  deadline?: string | undefined;

  /**
   * Test Last-Event-ID even where the probe sends one request only: with `until`, or a method other than GET.
   * @defaultValue `false`
   */
  resume?: boolean | undefined;

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
   * Condition that must hold, or the result is a warning: firstEvent<1s. One value, or a list of them.
   * @defaultValue `[]`
   */
  warn?: string | readonly string[] | undefined;

  /**
   * Condition that must hold, or the result is critical: headers<5s. One value, or a list of them.
   * @defaultValue `[]`
   */
  crit?: string | readonly string[] | undefined;

  /**
   * Treat a warning or advice of this check as a failure. One value, or a list of them.
   * @defaultValue `[]`
   */
  'fail-on'?: CheckId | readonly CheckId[] | undefined;

  /**
   * Ignore the result of this check. One value, or a list of them.
   * @defaultValue `[]`
   */
  ignore?: CheckId | readonly CheckId[] | undefined;
}

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
   * What is spoken: a plain stream (sse), answers of a language model (openai), Model Context Protocol (mcp).
   * @defaultValue `'sse'`
   */
  profile?: ProfileName | undefined;

  /**
   * HTTP/2 and nothing else.
   * @defaultValue `false`
   */
  h2?: boolean | undefined;

  /**
   * HTTP/1.1 also where the server offers HTTP/2.
   * @defaultValue `false`
   */
  'http1.1'?: boolean | undefined;

  /**
   * Connect there, and ask for the URL all the same: one server of several behind one name.
   * @defaultValue the URL's own host
   */
  'connect-to'?: string | undefined;

  /**
   * HTTP proxy; never used for loopback.
   * @defaultValue what the environment names
   */
  proxy?: string | undefined;

  /**
   * Longest time to watch the stream; it ends earlier when all is known. A duration from `100ms` to `1d`.
   * @defaultValue `'20s'`
   */
  duration?: string | undefined;

  /**
   * End as soon as this came: headers, event, heartbeat, event:NAME, or text:… in the data of an event.
   * @defaultValue all checks
   */
  until?: string | undefined;

  /**
   * The whole takes no longer, looking up the name included. A duration from `10ms` to `1d`.
   * @defaultValue the duration
   */
  deadline?: string | undefined;

  /**
   * Try Last-Event-ID also where nothing else is asked twice: with `until`, or another method than GET.
   * @defaultValue `false`
   */
  resume?: boolean | undefined;

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
   * What must hold, or the outcome is a warning: firstEvent<1s. One value, or a list of them.
   * @defaultValue `[]`
   */
  warn?: string | readonly string[] | undefined;

  /**
   * What must hold, or the outcome is critical: headers<5s. One value, or a list of them.
   * @defaultValue `[]`
   */
  crit?: string | readonly string[] | undefined;

  /**
   * This check fails also where it would warn or advise. One value, or a list of them.
   * @defaultValue `[]`
   */
  'fail-on'?: CheckId | readonly CheckId[] | undefined;

  /**
   * This check does not count. One value, or a list of them.
   * @defaultValue `[]`
   */
  ignore?: CheckId | readonly CheckId[] | undefined;
}

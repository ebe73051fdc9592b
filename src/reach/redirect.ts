/**
 * One redirect: from a response head to the next request, as fetch does it for an EventSource (Fetch standard,
 * 4.4, "HTTP-redirect fetch"; HTML standard, 9.2.3).
 *
 * Pure, and asked only when a redirect came: clients that never meet one pay nothing for it. Where the hop is, and
 * whether we may go there, is hop-resolver.ts.
 *
 * Refuses more than fetch does, since nobody watches thousands of clients: user info in a Location, an empty one,
 * and the way from https: down to http:.
 */
import { printable } from '../core/printable.ts';
import { redactUrl } from '../core/redact.ts';
import type { ResponseHead } from '../wire/transport.ts';
import type { Refusal } from './refusal.ts';

/** Fetch standard, 4.4, step 5: "If request's redirect count is 20, then return a network error." */
export const MAX_REDIRECTS = 20;
/** URLs of a circle that are named. */
const SHOWN_URLS = 4;
const SHOWN_CHARACTERS = 120;

/** One request of an attempt: the first, or one that a redirect has led to. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  /** The body of the original request goes along. */
  readonly withBody: boolean;
  /** Every hop so far had the origin of the first request: what is secret may go along. */
  readonly withSecrets: boolean;
  /** Everything that this attempt has asked, this hop last. */
  readonly trail: readonly string[];
  /** Address of the server that sent the client here. */
  readonly sentFrom: string;
  /** Where it is; empty until the name has been looked up. */
  address: string;
}

/** What every attempt begins with. @param address of `url`'s host */
export function firstHop(original: URL, method: string, address: string): Hop {
  // User info is sent in a header; here a relative Location would inherit it.
  const url = new URL(original);
  url.username = '';
  url.password = '';
  return { url, method, withBody: true, withSecrets: true, trail: [stepOf(url, method)], sentFrom: address, address };
}

/** Fetch standard, 2.2.6: "A redirect status is a status that is 301, 302, 303, 307, or 308." */
export function isRedirect(statusCode: number): boolean {
  return (statusCode >= 301 && statusCode <= 303) || statusCode === 307 || statusCode === 308;
}

/** Where a redirect in answer to `from` leads. */
export function nextHop(from: Hop, head: ResponseHead): Hop | Refusal {
  const url = locationOf(from.url, head);
  if ('cause' in url) return url;
  // RFC 9110, 15.4: POST may become GET for 301 and 302, as browsers always did, and 303 means GET.
  const toGet = head.statusCode === 303 ? from.method !== 'GET' : head.statusCode <= 302 && from.method === 'POST';
  const method = toGet ? 'GET' : from.method;
  const step = stepOf(url, method);
  // Only then: a server may send a client to where it was before and mean it, as long as it stops some day.
  if (from.trail.length > MAX_REDIRECTS) return { cause: 'redirect-loop', detail: describeLoop(from.trail, step) };
  return {
    url,
    method,
    withBody: from.withBody && !toGet,
    // 4.4, step 13: Authorization is removed when "request's current URL's origin is not same origin with
    // locationURL's origin", and does not come back.
    withSecrets: from.withSecrets && url.origin === from.url.origin,
    trail: [...from.trail, step],
    sentFrom: from.address,
    address: '',
  };
}

/** A URL of others, for people: without secrets, short, and safe to print. */
export function shownUrl(url: string): string {
  return printable(redactUrl(url), SHOWN_CHARACTERS);
}

/** Fetch standard, 2.2.6, "location URL". */
function locationOf(base: URL, head: ResponseHead): URL | Refusal {
  // Header fields are bytes; servers write UTF-8 into this one, as browsers read it.
  const written = Buffer.from(head.headers.get('location') ?? '', 'latin1').toString('utf8');
  if (written === '') return refused(`status ${head.statusCode} without a Location`);
  if (!URL.canParse(written, base.href))
    return refused(`the Location ${JSON.stringify(shownUrl(written))} is not a URL`);
  const url = new URL(written, base.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refused(`the Location leads to ${printable(url.protocol, 40)}, but only http: and https: are followed`);
  }
  if (url.username !== '' || url.password !== '')
    return refused(`the Location ${shownUrl(url.href)} contains user info`);
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    return refused(`the Location ${shownUrl(url.href)} leads from https: to http:`);
  }
  url.hash = '';
  return url;
}

function refused(detail: string): Refusal {
  return { cause: 'redirect-refused', detail };
}

/** The method belongs to it: POST, then GET of the same URL, is a usual answer to a form (303). */
function stepOf(url: URL, method: string): string {
  return `${method} ${url.href}`;
}

function describeLoop(trail: readonly string[], next: string): string {
  const begin = trail.lastIndexOf(next);
  if (begin === -1) return `more than ${MAX_REDIRECTS} redirects, the last to ${shownStep(next)}`;
  const circle = trail.slice(begin);
  const shown = circle.slice(0, SHOWN_URLS).map(shownStep);
  if (circle.length > SHOWN_URLS) shown.push(`${circle.length - SHOWN_URLS} more`);
  return `more than ${MAX_REDIRECTS} redirects, in a loop: ${[...shown, shownStep(next)].join(' → ')}`;
}

function shownStep(step: string): string {
  return shownUrl(step.slice(step.indexOf(' ') + 1));
}

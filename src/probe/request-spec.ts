/**
 * What a probe asks a server, and how that becomes the bytes of a request, also behind a redirect.
 */
import { hopRequest, userInfoHeaders } from '../reach/hop-request.ts';
import type { Hop } from '../reach/redirect.ts';

export interface RequestSpec {
  readonly url: URL;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  /** To go on behind; empty: from now on. */
  readonly lastEventId: string;
  /** The version of sse-probe, which the User-Agent names. */
  readonly version: string;
  /** Nothing behind the head of the answer counts. */
  readonly onlyHead?: boolean;
}

/** Names under which a client says who it is. */
const CREDENTIALS = /^(?:authorization|cookie|x-api-key|api-key)$/i;

export function withHeader(requestSpec: RequestSpec, name: string, value: string): RequestSpec {
  const others = requestSpec.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase());
  return { ...requestSpec, headers: [...others, [name, value]] };
}

export function headerOf({ headers }: RequestSpec, name: string): string | null {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null;
}

/** Null where it says nothing of who asks. */
export function withoutCredentials(requestSpec: RequestSpec): RequestSpec | null {
  const headers = requestSpec.headers.filter(([name]) => !CREDENTIALS.test(name));
  const { username, password } = requestSpec.url;
  if (headers.length === requestSpec.headers.length && username === '' && password === '') return null;
  const url = new URL(requestSpec.url);
  url.username = '';
  url.password = '';
  return { ...requestSpec, url, headers };
}

/** Beside the stream's own path, where nothing should be. */
export function atWrongPath(requestSpec: RequestSpec): RequestSpec {
  const url = new URL(requestSpec.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}-sse-probe-asks-what-is-not-there`;
  return { ...requestSpec, url };
}

/** @param closing whether the connection can be asked to end with the answer: with HTTP/2 it is not the request's */
export function forHeadOnly(requestSpec: RequestSpec, closing: boolean): RequestSpec {
  const asked = { ...requestSpec, method: 'HEAD', onlyHead: true };
  return closing ? withHeader(asked, 'Connection', 'close') : asked;
}

/** @throws {UsageError} when something cannot be sent as it is */
export function requestBytes(
  { url, headers, body, lastEventId, version, onlyHead }: RequestSpec,
  hop: Hop,
): Uint8Array {
  return hopRequest(
    {
      headers: [...userInfoHeaders(url), ...headers],
      version,
      lastEventId,
      ...(body === null ? {} : { body }),
      ...(onlyHead === undefined ? {} : { onlyHead }),
    },
    hop,
  ).bytes;
}

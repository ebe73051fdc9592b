/**
 * The request of one hop: what was asked of the original URL, without what must not go along to another one.
 */
import { basicAuthorization } from '../core/basic-auth.ts';
import { namesSecret } from '../core/secret-names.ts';
import { encodeRequest, type EncodedRequest, type RequestOptions } from '../wire/request.ts';
import type { Hop } from './redirect.ts';

/** What does not depend on where it goes. */
export type Asked = Pick<RequestOptions, 'headers' | 'body' | 'version' | 'lastEventId' | 'onlyHead'>;

/** @throws {UsageError} when something cannot be sent as it is */
export function hopRequest(
  { headers, body, version, lastEventId, onlyHead }: Asked,
  { url, method, withBody, withSecrets }: Hop,
): EncodedRequest {
  return encodeRequest({
    method,
    path: `${url.pathname}${url.search}`,
    host: url.host,
    headers: headers.filter(([name]) => (withSecrets || !belongsToOrigin(name)) && (withBody || !describesBody(name))),
    version,
    ...(onlyHead === undefined ? {} : { onlyHead }),
    ...(lastEventId === undefined ? {} : { lastEventId }),
    ...(withBody && body !== undefined ? { body } : {}),
  });
}

/** `http://user:password@host` is sent as Basic (RFC 7617), as browsers and curl do. */
export function userInfoHeaders(url: URL): [string, string][] {
  const authorization = basicAuthorization(url);
  return authorization === undefined ? [] : [['Authorization', authorization]];
}

/** Fetch removes Authorization across origins; other secrets go by many names, and a Host is that of one server. */
function belongsToOrigin(name: string): boolean {
  return name.toLowerCase() === 'host' || namesSecret(name);
}

/** Fetch standard, 2.2.2: a "request-body-header name" goes with the body. */
function describesBody(name: string): boolean {
  return /^content-(?:encoding|language|location|type)$/i.test(name);
}

import type { Listening } from '../listening.ts';
import { field, pass, skip, warn, type Check, type Judged } from './check.ts';

const HEAD_HINT =
  'Respond to HEAD with the response headers only (RFC 9110, 9.3.2), or with 405. Monitors and link checkers send HEAD, and a handler that continues occupies a client slot, or behind a proxy a connection on which the next client gets no response. Express, Fastify and others route HEAD to the handler of GET.';

/**
 * What do those get who ask wrongly, or for the head alone? A browser never retries an answer that is not 200, so an error
 * must have its status: with 200 and a page clients fail without a reason, with 5xx an operator looks for a fault that is
 * none.
 */
export const errorStatus: Check = {
  id: 'error-status',
  needs: 'stream',
  judge({ auxiliary }) {
    const path = auxiliary.get('wrongPath');
    const token = auxiliary.get('withoutToken');
    const headOnly = auxiliary.get('headOnly');
    if (path === undefined && token === undefined && headOnly === undefined) return skip('no wrong request was sent');
    const evidence = {
      wrongPath: statusOf(path),
      withoutToken: statusOf(token),
      ...(headOnly === undefined ? {} : { headOnly: statusOf(headOnly), headOnlyTrouble: troubleOf(headOnly) }),
    };
    const words = [
      ...(path === undefined ? [] : [`a wrong path gets ${said(path)}`]),
      ...(token === undefined ? [] : [`a request without the token gets ${said(token)}`]),
      ...(headOnly === undefined ? [] : [`HEAD gets ${troubleOf(headOnly) ?? said(headOnly)}`]),
    ];
    const behindHead = auxiliary.get('behindHead');
    if (behindHead !== undefined && waitsInVain(behindHead))
      return warn(
        `${words.join(', ')}, and the next client on that connection gets no response`,
        { ...evidence, behindHead: null },
        HEAD_HINT,
      );
    const title = words.join(', ');
    if (token !== undefined && token.isStream)
      return warn(
        title,
        evidence,
        'Anyone can read the stream: check the token before sending the response headers, and respond with 401.',
      );
    if (isFault(path) || isFault(token))
      return warn(
        title,
        evidence,
        'Respond with 404 for an unknown path, and 401 or 403 for an invalid token: 5xx alerts operators, and a browser does not reconnect in either case.',
      );
    return onHead(title, evidence, headOnly, path) ?? onPath(title, evidence, path);
  },
};

/**
 * Null where HEAD is answered as it should be. One that does not end is advice, since no EventSource asks so and most
 * frameworks do it; a body breaks the framing of the answers behind it.
 */
function onHead(
  title: string,
  evidence: Readonly<Record<string, unknown>>,
  headOnly: Listening | undefined,
  path: Listening | undefined,
): Judged | null {
  if (headOnly === undefined || troubleOf(headOnly) === null) return null;
  // Where nobody else is answered, that is not for being asked for the head.
  if (path !== undefined && path.head === null) return null;
  return headOnly.log.bytes > 0 ? warn(title, evidence, HEAD_HINT) : pass(title, evidence, HEAD_HINT);
}

function onPath(title: string, evidence: Readonly<Record<string, unknown>>, path: Listening | undefined): Judged {
  if (path === undefined || path.head === null || path.head.statusCode >= 300) return pass(title, evidence);
  return pass(
    title,
    { ...evidence, contentType: field(path, 'content-type') },
    'Respond with 404 for an unknown path, so that a mistyped URL is noticed.',
  );
}

/** It was connected and asked, and we left it: one that was refused tells of a server that is gone. */
function waitsInVain({ head, end, askedMs }: Listening): boolean {
  return head === null && askedMs !== null && end?.cause === 'closed-by-us';
}

function statusOf(listening: Listening | undefined): number | null {
  return listening?.head?.statusCode ?? null;
}

function said(listening: Listening): string {
  if (listening.isStream && listening.requestSpec.method !== 'HEAD') return 'a stream as well';
  if (listening.head !== null) return String(listening.head.statusCode);
  return `no response${listening.end === null || listening.end.cause === 'closed-by-us' ? '' : ` (${listening.end.cause})`}`;
}

/** What is wrong with an answer to HEAD: null where it is whole, or was waited for in vain because others were, too. */
function troubleOf(headOnly: Listening): string | null {
  const { head, end, log, isStream } = headOnly;
  const wasLeft = end === null || end.cause === 'closed-by-us';
  if (head === null) return wasLeft ? 'no response' : null;
  if (log.bytes > 0) return `${head.statusCode} and a body`;
  return isStream && wasLeft ? `${head.statusCode} and does not end` : null;
}

function isFault(listening: Listening | undefined): boolean {
  return (listening?.head?.statusCode ?? 0) >= 500 && listening?.head?.statusCode !== 503;
}

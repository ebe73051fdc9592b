import type { Listening } from '../listening.ts';
import { field, pass, skip, warn, type Check } from './check.ts';

/**
 * What do those get who ask wrongly? A browser never retries an answer that is not 200, so an error must have its
 * status: with 200 and a page clients fail without a reason, with 5xx an operator looks for a fault that is none.
 */
export const errorStatus: Check = {
  id: 'error-status',
  needs: 'stream',
  judge({ auxiliary }) {
    const path = auxiliary.get('wrongPath');
    const token = auxiliary.get('withoutToken');
    if (path === undefined && token === undefined) return skip('nothing wrong was asked');
    const evidence = { wrongPath: statusOf(path), withoutToken: statusOf(token) };
    const words = [
      ...(path === undefined ? [] : [`a wrong path gets ${said(path)}`]),
      ...(token === undefined ? [] : [`without the token one gets ${said(token)}`]),
    ];
    const title = words.join(', ');
    if (token !== undefined && token.isStream)
      return warn(
        title,
        evidence,
        'The stream is open to everybody: check the token before the head is sent, and answer 401.',
      );
    if (isFault(path) || isFault(token))
      return warn(
        title,
        evidence,
        'Answer 404 to a path that does not exist and 401 or 403 to a token that is not valid: 5xx wakes operators, and a browser does not come back after either.',
      );
    if (path !== undefined && path.head !== null && path.head.statusCode < 300) {
      return pass(
        title,
        { ...evidence, contentType: field(path, 'content-type') },
        'Answer 404 to a path that does not exist: a mistyped URL then says what is wrong.',
      );
    }
    return pass(title, evidence);
  },
};

function statusOf(listening: Listening | undefined): number | null {
  return listening?.head?.statusCode ?? null;
}

function said(listening: Listening): string {
  if (listening.isStream) return 'a stream as well';
  if (listening.head !== null) return String(listening.head.statusCode);
  return `no answer${listening.end === null || listening.end.cause === 'closed-by-us' ? '' : ` (${listening.end.cause})`}`;
}

function isFault(listening: Listening | undefined): boolean {
  return (listening?.head?.statusCode ?? 0) >= 500 && listening?.head?.statusCode !== 503;
}

import { headerOf } from '../request-spec.ts';
import { fail, field, pass, skip, warn, type Check } from './check.ts';

/**
 * May a page of another origin read the stream? A browser hides it without the right header (Fetch standard, 3.3),
 * and the error does not say why. Judged only when an Origin was sent; what contradicts itself always.
 */
export const cors: Check = {
  id: 'cors',
  needs: 'head',
  judge(_seen, main) {
    const origin = headerOf(main.requestSpec, 'origin');
    const allowed = field(main, 'access-control-allow-origin');
    const credentials = field(main, 'access-control-allow-credentials');
    const evidence = {
      origin: origin ?? '',
      allowOrigin: allowed,
      allowCredentials: credentials,
      vary: field(main, 'vary'),
    };
    // Fetch, 4.10: with credentials the value "*" does not match.
    if (allowed === '*' && credentials === 'true') {
      return warn(
        'any origin together with credentials, which browsers reject',
        evidence,
        'Return the origin of the request and `Vary: Origin`, or do not allow credentials.',
      );
    }
    if (origin === null) {
      return skip(
        allowed === '' ? 'no origin was sent' : `open to ${allowed}`,
        evidence,
        allowed === '' ? 'To test pages of another origin, add --header "Origin: https://app.example.com".' : '',
      );
    }
    if (allowed === '*') return pass('open to any origin, without credentials', evidence);
    if (allowed !== origin) {
      return fail(
        allowed === ''
          ? `no header allows ${origin} to read the stream`
          : `${allowed} may read the stream, ${origin} may not`,
        evidence,
        `Send \`Access-Control-Allow-Origin: ${origin}\` and \`Vary: Origin\`; with cookies also \`Access-Control-Allow-Credentials: true\`.`,
      );
    }
    if (!/\borigin\b|\*/i.test(evidence.vary))
      return warn(
        `${origin} may read the stream, but caches do not know that the response depends on the origin`,
        evidence,
        'Add `Vary: Origin`.',
      );
    return pass(`${origin} may read the stream`, evidence);
  },
};

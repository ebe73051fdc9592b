import { counted } from '../../core/units.ts';
import { redactUrl } from '../../core/redact.ts';
import { fail, pass, skip, warn, type Check } from './check.ts';

const MANY = 3;

/**
 * Does the URL lead to the stream by itself? Each redirect is paid again at each reconnection, by all clients at
 * once; a circle is never left. Followed as fetch follows them, never inwards or down to http.
 */
export const redirects: Check = {
  id: 'redirects',
  needs: 'nothing',
  judge({ main }) {
    if (
      main === null ||
      (main.head === null && main.redirects.length === 0 && main.end?.cause.startsWith('redirect') !== true)
    )
      return skip('no response');
    const { redirects: followed, end } = main;
    const hops = followed.slice(0, 20).map(({ statusCode, to }) => ({ statusCode, to: redactUrl(to) }));
    if (end !== null && (end.cause === 'redirect-loop' || end.cause === 'redirect-refused')) {
      return fail(
        end.detail,
        { redirects: followed.length, hops },
        'Serve the stream at this URL, or redirect to an absolute https: URL that does.',
      );
    }
    if (followed.length === 0) return pass('no redirect');
    const title = `${counted(followed.length, 'redirect')}, to ${redactUrl(main.hop.url.href)}`;
    const hint = `Give clients the final URL: an EventSource follows all redirects again at each reconnection.`;
    return followed.length >= MANY
      ? warn(title, { redirects: followed.length, hops }, hint)
      : pass(title, { redirects: followed.length, hops }, hint);
  },
};

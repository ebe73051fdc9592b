import { fail, field, pass, warn, type Check } from './check.ts';

const WANTED = 'Send `Cache-Control: no-store, no-transform`.';

/**
 * May something keep the stream? A CDN without a word against it plays its recording to the next client.
 * `no-transform` keeps compressors off; without it is advice only.
 */
export const cacheControl: Check = {
  id: 'cache-control',
  needs: 'stream',
  judge(_seen, main) {
    const value = field(main, 'cache-control');
    const evidence = { cacheControl: value, expires: field(main, 'expires') };
    const names = new Set(
      value
        .toLowerCase()
        .split(',')
        .map((directive) => directive.trim().split('=', 1)[0] ?? ''),
    );
    const age = /(?:s-maxage|max-age)\s*=\s*"?(\d+)/i.exec(value);
    if (names.has('no-store') || names.has('no-cache') || names.has('private')) {
      return names.has('no-transform')
        ? pass(value, evidence)
        : pass(value, evidence, 'Add `no-transform`, so that compressors and proxies do not change the stream.');
    }
    if (Number(age?.[1] ?? 0) > 0 || names.has('public'))
      return fail(`caches may store the stream: ${value}`, evidence, WANTED);
    if (age !== null) return pass(value, evidence);
    // RFC 9110, 9.3.3: an answer to POST is kept only where it says for how long.
    const { method } = main.requestSpec;
    if (method !== 'GET') return pass(`responses to ${method} are not cached`, evidence);
    return warn('nothing prevents a cache from storing the stream', evidence, WANTED);
  },
};

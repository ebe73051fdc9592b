import { field, pass, warn, type Check } from './check.ts';

const HINT =
  'Send `X-Accel-Buffering: no`, or set `proxy_buffering off;` for this location in nginx (uwsgi_buffering, fastcgi_buffering likewise).';

/**
 * Does the stream tell nginx not to collect it? nginx buffers by default and takes the header for itself, so behind
 * one it is not seen here: its absence is advice and no fault.
 */
export const proxyBuffering: Check = {
  id: 'proxy-buffering',
  needs: 'stream',
  judge(_seen, main) {
    const value = field(main, 'x-accel-buffering');
    const evidence = { xAccelBuffering: value, server: field(main, 'server'), via: field(main, 'via') };
    if (value.toLowerCase() === 'no') return pass('X-Accel-Buffering: no', evidence);
    if (value.toLowerCase() === 'yes')
      return warn('X-Accel-Buffering: yes makes nginx buffer the stream', evidence, HINT);
    return pass('no X-Accel-Buffering: nginx would buffer the stream by default', evidence, HINT);
  },
};

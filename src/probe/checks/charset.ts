import { field, pass, warn, type Check } from './check.ts';

const CHARSET = /;\s*charset\s*=\s*"?([^";,\s]+)/i;

/**
 * Streams are UTF-8, whatever the type says (HTML standard, 9.2.5): another charset there is text that arrives broken.
 */
export const charset: Check = {
  id: 'charset',
  needs: 'stream',
  judge(_seen, main) {
    const found = CHARSET.exec(field(main, 'content-type'))?.[1] ?? '';
    if (found === '' || /^utf-?8$/i.test(found)) return pass('UTF-8, as every event stream', { charset: found });
    return warn(
      `the type says charset=${found}, and clients read UTF-8 all the same`,
      { charset: found },
      'Write the stream in UTF-8 and leave the charset out: `Content-Type: text/event-stream`.',
    );
  },
};

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
    if (found === '' || /^utf-?8$/i.test(found))
      return pass('UTF-8, as required for event streams', { charset: found });
    return warn(
      `the content type says charset=${found}, but clients always read UTF-8`,
      { charset: found },
      'Write the stream in UTF-8, and omit the charset: `Content-Type: text/event-stream`.',
    );
  },
};

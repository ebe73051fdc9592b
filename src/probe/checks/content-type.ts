import { fail, field, pass, skip, type Check } from './check.ts';

/**
 * The type says that it is a stream: with any other a browser fails for good, while curl shows it as if all were well.
 */
export const contentType: Check = {
  id: 'content-type',
  needs: 'head',
  judge(_seen, main) {
    const type = field(main, 'content-type');
    if (main.head?.statusCode !== 200) return skip('the answer was not 200');
    if (main.refusal?.cause === 'content-type') {
      return fail(
        `The answer is not an event stream but ${type === '' ? 'without a type' : type}.`,
        { finding: 'not-event-stream', contentType: type },
        'Check the path. A stream answers 200 with `Content-Type: text/event-stream`: `res.setHeader` in Node, `media_type` in FastAPI, `produces = TEXT_EVENT_STREAM_VALUE` in Spring.',
      );
    }
    return pass(type, { contentType: type });
  },
};

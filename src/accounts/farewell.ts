/**
 * How servers say that a stream is over, or that it ends on purpose and its client is to come back: a clean end behind
 * such words is planned (a rotation, the end of an answer) and held against nobody.
 */

/** The data of a last event, as language models write it. */
const LAST_DATA = new Set(['[DONE]', 'DONE', '[END]']);
/** Longer data is none of them: it is asked of every event. */
const MOST_CHARACTERS = 6;
const LAST_TYPES = new Set([
  'done',
  'end',
  'complete',
  'completed',
  'close',
  'response.completed',
  'message_stop',
  'eof',
  'disconnect',
  'disconnecting',
  'closing',
  'shutdown',
  'reconnect',
  'rotate',
  'max-age',
  'goodbye',
  'bye',
]);
/** The comments with which a stream of our own server ends. */
const LAST_COMMENTS = new Set(['max-age', 'shutdown']);

export function isLastWord(type: string, data: string): boolean {
  return LAST_TYPES.has(type) || (data.length <= MOST_CHARACTERS && LAST_DATA.has(data));
}

export function isLastComment(text: string): boolean {
  return LAST_COMMENTS.has(text.trim());
}

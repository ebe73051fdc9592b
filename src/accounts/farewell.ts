/**
 * How servers say that a stream is over, or that it ends on purpose and its client is to come back: a clean end behind
 * such words is planned (a rotation, the end of an answer) and held against nobody.
 */

/** The data of a last event, as language models write it. */
const LAST_DATA = new Set(['[DONE]', 'DONE', '[END]']);
/** Longer data is none of them: it is asked of every event. */
const MOST_CHARACTERS = 6;
/** The names of last events: of an end for good, and of one after which the client is to come back. */
const END_TYPES = new Set(['done', 'end', 'complete', 'completed', 'response.completed', 'message_stop', 'eof']);
/** Either of the two. */
const BYE_TYPES = new Set(['close', 'goodbye', 'bye']);
const RETURN_TYPES = new Set(['disconnect', 'disconnecting', 'closing', 'shutdown', 'reconnect', 'rotate', 'max-age']);
/** The comments with which a stream of our own server ends. */
const LAST_COMMENTS = new Set(['max-age', 'shutdown']);

export function isLastWord(type: string, data: string): boolean {
  return isEndWord(type, data) || RETURN_TYPES.has(type) || BYE_TYPES.has(type);
}

/** All is said: the stream was one with an end of its own. */
export function isEndWord(type: string, data: string): boolean {
  return END_TYPES.has(type) || (data.length <= MOST_CHARACTERS && LAST_DATA.has(data));
}

/** The server ends the stream before all is said, and asks the client to come back for the rest. */
export function isCalledBack(type: string): boolean {
  return RETURN_TYPES.has(type);
}

export function isLastComment(text: string): boolean {
  return LAST_COMMENTS.has(text.trim());
}

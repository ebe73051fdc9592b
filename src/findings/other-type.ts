/** What is said of an answer that is no event stream by its Content-Type. */

/** As causes have it (reach/refusal.ts). */
const NO_TYPE = 'no content-type';

/** @param types of the answers, as causes have them; empty for none. @returns a sentence that may go on */
export function otherTypeSays(types: readonly string[]): string {
  const [first = '', ...others] = types;
  if (others.length === 0 && (first === '' || first === NO_TYPE))
    return 'The response is not an event stream: it has no Content-Type';
  return `The response is not an event stream but ${types.join(', ')}`;
}

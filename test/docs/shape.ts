/**
 * Whether an output has the shape that a page shows: the same words, while figures, ids and bars may differ, and lines may
 * be broken elsewhere. A bare 0 is a word: "0 lost" is a promise. `…` stands for anything that a page leaves out.
 */
const BARS = /^[▁▂▃▄▅▆▇█▮━·]+$/;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** `q3f8x1a-17`: a life of the server, and a number in it. */
const LIFE_ID = /\b[a-z][a-z0-9]{6}(?=-\d)/g;
const BARE_ZERO = /(?<![\d.,:])0(?![\d.,:%a-zA-Zµ])/g;
const FIGURE = /\d+(?:,\d{3})*(?:\.\d+)?(?:(?:[kKMG]i?)?B|ns|µs|us|ms|s|m|h|d|%)?(?![a-zA-Z])/g;
/** IMF-fixdate (RFC 9110, 5.6.7): the names of the day and the month are no words. */
const HTTP_DATE = /\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT/g;
const ZERO = '\u0000';

/** Words, with `#` for figures and `ID` for ids. */
function shapeOf(text: string): string[] {
  const words: string[] = [];
  for (const word of text.replaceAll(HTTP_DATE, '1').split(/\s+/)) {
    if (word === '' || BARS.test(word)) continue;
    const shape = word
      .replaceAll(UUID, 'ID')
      .replaceAll(LIFE_ID, 'ID')
      .replaceAll(BARE_ZERO, ZERO)
      .replaceAll(FIGURE, '#')
      .replaceAll(/\.{3,}/g, '...')
      .replaceAll(ZERO, '0');
    const before = words.at(-1);
    // "2m 32s" is one time, and a row of times has as many as there are.
    if (shape === '#' && before === '#') continue;
    // One event was, two events were.
    words.push(
      before === '#' && shape.length > 3 ? shape.replace(/s(?=[,:;.]?$)/, '') : shape === 'were' ? 'was' : shape,
    );
  }
  return words;
}

const CONTEXT_WORDS = 6;

/** What is not as shown, in a sentence; null where nothing is. */
export function shapeDifference(shown: string, said: string): string | null {
  const words = shapeOf(said);
  let from = 0;
  // What stands before the first gap stands at the beginning.
  let isLoose = false;
  const parts = gapsParted(shapeOf(shown));
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (part.length === 0) {
      isLoose = true;
      continue;
    }
    const at = isLoose && isLast ? words.length - part.length : isLoose ? indexOfPart(words, part, from) : from;
    if (at < from) return `nowhere says: ${part.join(' ')}`;
    const wrong = part.findIndex((word, offset) => words[at + offset] !== word);
    if (wrong !== -1) return differenceAt(part, words.slice(at), wrong);
    from = at + part.length;
    isLoose = true;
  }
  const isOpen = parts.at(-1)?.length === 0;
  return isOpen || from === words.length ? null : `goes on: ${words.slice(from, from + CONTEXT_WORDS).join(' ')}`;
}

/** The words between the gaps; a word that ends in a gap (`{"seq":…`) is left out with it. */
function gapsParted(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word.endsWith('…')) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

function indexOfPart(words: readonly string[], part: readonly string[], from: number): number {
  for (let at = from; at + part.length <= words.length; at++)
    if (part.every((word, offset) => words[at + offset] === word)) return at;
  return -1;
}

function differenceAt(shown: readonly string[], said: readonly string[], wrong: number): string {
  const around = (words: readonly string[]): string =>
    words.slice(Math.max(0, wrong - CONTEXT_WORDS), wrong + CONTEXT_WORDS).join(' ');
  return `the page shows: ${around(shown)}\nthe program says: ${around(said)}`;
}

/**
 * Replacement characters (U+FFFD) in text that is sound UTF-8: they were in it before it was sent. A decoder that is given
 * a stream piece by piece and begins anew with each piece leaves them where a piece ends within a character. What `probe`
 * and `soak` say of it.
 */
import { keptText } from '../core/kept-text.ts';
import { counted } from '../core/units.ts';

/**
 * One character that was cut leaves two to four of them side by side: one for its beginning, and one for each byte of the
 * rest (WHATWG Encoding, 4.2, "replacement"). Longer rows are text in another encoding.
 */
const CUT = /(?<!\ufffd)\ufffd{2,4}(?!\ufffd)/;
const ANY = /\ufffd+/;
/** Text on either side by which one place is told from another, digits left out. */
const AROUND_CHARACTERS = 6;
const SHOWN_CHARACTERS = 24;
/** The most of a row that is part of what is shown. */
const MOST_OF_ROW = 24;

/** Cut characters stand in several events, and not always in the same words: a name may hold some. */
const LEAST_CUT_EVENTS = 2;
const LEAST_CUT_PLACES = 2;
/** Single ones may be quoted, or stand in what a person wrote. */
const LEAST_EVENTS = 5;
const LEAST_PLACES = 3;
const LEAST_SHARE = 0.1;

/** A write that ends between two of them is no chance where it happens so often: what follows begins with the rest. */
const LEAST_SPLITS = 5;

export interface Replaced {
  characters: number;
  /** Whether several stand side by side, as behind one character that was cut. */
  cut: boolean;
  /** What the place is known by. */
  place: string;
  /** Hostile text. */
  sample: string;
}

/** Null where there is none. */
export function replacedIn(text: string): Replaced | null {
  // Of text in one byte a character this is answered without a look at it.
  if (!text.includes('\ufffd')) return null;
  const cut = CUT.exec(text);
  const { index, 0: row } = (cut ?? ANY.exec(text)) as RegExpExecArray;
  const end = index + Math.min(row.length, MOST_OF_ROW);
  return {
    characters: countOf(text),
    cut: cut !== null,
    place: part(text, index - AROUND_CHARACTERS, end + AROUND_CHARACTERS).replaceAll(/\d/g, '0'),
    sample: part(text, index - SHOWN_CHARACTERS, end + SHOWN_CHARACTERS),
  };
}

function countOf(text: string): number {
  let characters = 0;
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) characters += 1;
  return characters;
}

function part(text: string, from: number, to: number): string {
  const start = Math.max(0, from);
  return keptText(text.slice(start, to), to - start);
}

export interface ReplacedSeen {
  /** Events that were looked at, those with replacement characters in them, and those with several side by side. */
  events: number;
  replacedEvents: number;
  cutEvents: number;
  characters: number;
  /** Different places. */
  places: number;
  /** How often a piece of a stream ended with one, and the next began with one. */
  splits: number;
  /** Made printable. */
  sample: string;
}

/**
 * Whether so many were left by a decoder. A single one, or the same words again and again, accuse nobody: these may be the
 * server's own data, unless what it writes ends there, too.
 */
export function isDecodedInPieces({ events, replacedEvents, cutEvents, places, splits }: ReplacedSeen): boolean {
  if (replacedEvents > 0 && splits >= LEAST_SPLITS) return true;
  if (cutEvents >= LEAST_CUT_EVENTS && places >= LEAST_CUT_PLACES) return true;
  return replacedEvents >= LEAST_EVENTS && places >= LEAST_PLACES && replacedEvents >= events * LEAST_SHARE;
}

export function decodedInPiecesSays({ events, replacedEvents, characters, sample, splits }: ReplacedSeen): string {
  const at = splits >= LEAST_SPLITS ? `; ${splits} times a write ended between two such characters` : '';
  return `${counted(characters, 'replacement character')} (U+FFFD) in ${replacedEvents} of ${counted(events, 'event')}, as in ${sample}: the text may have been decoded in pieces that were cut in the middle of a character${at}`;
}

export const DECODED_IN_PIECES_ADVICE =
  "An intermediary (a gateway, a proxy, a model's client) decodes each chunk separately: make it forward the bytes unchanged, or use one decoder for the whole stream (`new TextDecoder()` with `{ stream: true }`, `StringDecoder` or `setEncoding('utf8')` of Node, `codecs.getincrementaldecoder` of Python, `InputStreamReader` of Java). If the data itself contains U+FFFD, nothing is wrong with the stream.";

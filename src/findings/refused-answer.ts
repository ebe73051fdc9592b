/**
 * What an answer that is no stream says for itself: its own sentence, when to come back, and who is asked for. `probe` and
 * `soak` show it in the same words.
 */
import { printable } from '../core/printable.ts';

const MAX_SENTENCE = 120;
const MAX_FIELD = 80;

export interface RefusedAnswer {
  /** The first sentence of the body for people, printable; empty where there is none. */
  readonly sentence: string;
  /** `Retry-After` and `WWW-Authenticate`; empty where they are missing. Printable. */
  readonly retryAfter: string;
  readonly challenge: string;
  /** The protocols that a server which answers 426 wants; empty where it names none. Printable. */
  readonly upgrade: string;
}

/** Names under which JSON answers carry their sentence, the clearest first. */
const JSON_NAMES = ['message', 'detail', 'error_description', 'reason', 'title', 'error', 'msg'];

/** @param body its beginning */
export function refusedAnswer(headers: ReadonlyMap<string, string>, body: string): RefusedAnswer {
  const field = (name: string): string => printable(headers.get(name) ?? '', MAX_FIELD);
  return {
    sentence: sentenceOf(body),
    retryAfter: field('retry-after'),
    challenge: field('www-authenticate'),
    upgrade: field('upgrade'),
  };
}

/** An answer and the kind of refusal that it belongs to, as a summary keeps it. */
export function refusedAnswerText(kind: string, headers: ReadonlyMap<string, string>, body: string): string {
  return JSON.stringify({ kind, ...refusedAnswer(headers, body) });
}

/** What the answer of this kind said; null where none was read. @param texts of `refusedAnswerText` */
export function answerOfKind(texts: Iterable<string>, kind: string): RefusedAnswer | null {
  for (const text of texts) {
    const answer = JSON.parse(text) as RefusedAnswer & { kind: string };
    if (answer.kind === kind) return answer;
  }
  return null;
}

const BEHIND = '; the response says ';
const NEXT_FIELD = /, (?=`(?:Retry-After|WWW-Authenticate|Upgrade): )/;

/** To stand behind what was refused; empty where the answer says nothing. */
export function refusedAnswerSays(answer: RefusedAnswer): string {
  const parts = [
    ...(answer.sentence === '' ? [] : [`“${answer.sentence}”`]),
    ...fieldsOf(answer).map((field) => `\`${field}\``),
  ];
  return parts.length === 0 ? '' : `${BEHIND}${parts.join(', ')}`;
}

/** The same, one by one, for a text of several lines. */
export function refusedAnswerLines(answer: RefusedAnswer): string[] {
  return [...(answer.sentence === '' ? [] : [`“${answer.sentence}”`]), ...fieldsOf(answer)];
}

function fieldsOf({ retryAfter, challenge, upgrade }: RefusedAnswer): string[] {
  return [
    ...(retryAfter === '' ? [] : [`Retry-After: ${retryAfter}`]),
    ...(challenge === '' ? [] : [`WWW-Authenticate: ${challenge}`]),
    ...(upgrade === '' ? [] : [`Upgrade: ${upgrade}`]),
  ];
}

/** A sentence that ends with `refusedAnswerSays`, taken apart again: what was refused, and the lines of the answer. */
export function refusedAnswerApart(sentence: string): { what: string; says: string[] } {
  const at = sentence.indexOf(BEHIND);
  if (at === -1) return { what: sentence, says: [] };
  const says = sentence
    .slice(at + BEHIND.length)
    .replace(/\.$/, '')
    .split(NEXT_FIELD);
  return { what: sentence.slice(0, at), says: says.map((each) => each.replace(/^`(.*)`$/, '$1')) };
}

function sentenceOf(body: string): string {
  const text = body.replace(/^\ufeff/, '').trim();
  const found = text.startsWith('<') ? fromHtml(text) : /^(?:data: ?)?[{[]/.test(text) ? fromJson(text) : text;
  const [line = ''] = found.split(/[\r\n]/).filter((each) => each.trim() !== '');
  return printable(line.trim(), MAX_SENTENCE);
}

/** The body may be cut off, so it is searched and not parsed. */
function fromJson(text: string): string {
  for (const name of JSON_NAMES) {
    const value = new RegExp(String.raw`"${name}"\s*:\s*("(?:[^"\\]|\\.)*")`).exec(text)?.[1];
    if (value === undefined) continue;
    try {
      return String(JSON.parse(value));
    } catch {
      // A line end or another control character within the text: JSON has none.
      return value.slice(1, -1);
    }
  }
  return text;
}

function fromHtml(text: string): string {
  const found = /<(title|h1|pre|p)\b[^>]*>\s*([^<]*[^<\s])/i.exec(text)?.[2];
  return found ?? text.replaceAll(/<[^>]*>/g, ' ').trim();
}

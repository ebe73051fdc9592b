/** What a probe waits for; then it ends. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export type Until =
  | { readonly kind: 'headers' | 'event' | 'heartbeat' }
  | { readonly kind: 'text'; readonly text: string };

const MAX_TEXT = 200;

/** `headers`, `event`, `heartbeat` or `text:[DONE]` */
export const until: Kind<Until> = scalar({
  placeholder: 'what',
  schema: { type: 'string', pattern: '^(?:headers|event|heartbeat|text:.+)$' },
  parse(given): Until {
    if (given === 'headers' || given === 'event' || given === 'heartbeat') return { kind: given };
    if (!given.startsWith('text:'))
      throw new ValueError(`${quote(given)} is none of headers, event, heartbeat, text:…`);
    const text = given.slice('text:'.length);
    if (text === '') throw new ValueError('names no text; write it like text:[DONE]');
    if (text.length > MAX_TEXT) throw new ValueError(`has a text of more than ${MAX_TEXT} characters`);
    return { kind: 'text', text };
  },
});

/** What a probe waits for, and what ends the streams of a soak as planned: both read an event by its name or its text. */
import { markerText, type StreamMarker } from '../../core/stream-marker.ts';
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export type Until = { readonly kind: 'headers' | 'event' | 'heartbeat' } | StreamMarker;

const MOST_CHARACTERS = 200;
const NAME = 'event:';
const TEXT = 'text:';

/** `headers`, `event`, `heartbeat`, `event:done` or `text:[DONE]`: what a probe waits for. */
export const until: Kind<Until> = scalar({
  placeholder: 'what',
  schema: { type: 'string', pattern: '^(?:headers|event|heartbeat|event:.+|text:.+)$' },
  show: (awaited) => ('name' in awaited || 'text' in awaited ? markerText(awaited) : awaited.kind),
  parse(given): Until {
    if (given === 'headers' || given === 'event' || given === 'heartbeat') return { kind: given };
    const marker = read(given);
    if (marker === null)
      throw new ValueError(`${quote(given)} is none of headers, event, heartbeat, event:NAME, text:…`);
    return marker;
  },
});

/** `event:done` or `text:[DONE]`: the end of a finite stream. */
export const streamEnd: Kind<StreamMarker> = scalar({
  placeholder: 'what',
  schema: { type: 'string', pattern: '^(?:event|text):.+$' },
  show: markerText,
  parse(given): StreamMarker {
    const marker = read(given);
    if (marker === null) throw new ValueError(`${quote(given)} is neither event:NAME nor text:…, such as event:done`);
    return marker;
  },
});

/** The end of the stream that a probe waits for; null where it waits for something else, or for nothing. */
export function markerOf({ until: awaited }: { readonly until: Until | null }): StreamMarker | null {
  return awaited?.kind === 'event-name' || awaited?.kind === 'text' ? awaited : null;
}

/** Null where it is no marker at all. */
function read(given: string): StreamMarker | null {
  if (given.startsWith(NAME)) {
    const name = bounded(given.slice(NAME.length), 'name', 'event:done');
    if (/[\0\r\n]/.test(name))
      throw new ValueError('has a line break in the name of an event, which the format does not allow');
    return { kind: 'event-name', name };
  }
  if (!given.startsWith(TEXT)) return null;
  return { kind: 'text', text: bounded(given.slice(TEXT.length), 'text', 'text:[DONE]') };
}

function bounded(value: string, what: 'name' | 'text', example: string): string {
  if (value === '') throw new ValueError(`is empty after the colon; write it like ${example}`);
  if (value.length > MOST_CHARACTERS) throw new ValueError(`has a ${what} of more than ${MOST_CHARACTERS} characters`);
  return value;
}

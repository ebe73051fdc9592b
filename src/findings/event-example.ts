/** One of the events that a finding is about: what a sentence says of it, wherever it was lost, doubled or out of order. */
import { quote } from '../core/printable.ts';

/** What has become of it: on an open stream, or behind a Last-Event-ID. */
export type ExampleOf = 'lost' | 'duplicated' | 'reordered' | 'resumeLost' | 'resumeDuplicated';

export interface EventExample {
  readonly what: ExampleOf;
  /** What a sentence calls it: printable, and of bounded length. */
  readonly event: string;
  /** The newest event that the client had by then; null where that is not known, or no matter. */
  readonly behind: string | null;
}

export function numberedEvent(number: number | string): string {
  return `event ${number}`;
}

/** @param id hostile text */
export function eventWithId(id: string): string {
  return `the event with id ${quote(id)}`;
}

/** @param data hostile text */
export function eventThatSays(data: string): string {
  return `the event with data ${quote(data)}`;
}

/** A whole sentence. @param isAlone there is one stream only */
export function exampleSays(example: EventExample, isAlone = false): string {
  return `For example, ${example.event} ${became(example, isAlone)}.`;
}

function became({ what, event, behind }: EventExample, isAlone: boolean): string {
  if (what === 'lost') return isAlone ? 'never arrived' : 'never arrived on one of the streams';
  if (what === 'resumeLost') return 'did not reach one client that resumed';
  if (what === 'reordered') return behind === null ? 'arrived late' : `arrived after ${behind}`;
  if (what === 'resumeDuplicated') return 'arrived again at one client that resumed';
  if (behind === event) return 'arrived twice in a row';
  const again = isAlone ? 'arrived again' : 'arrived again at the same client';
  return behind === null ? again : `${again}, after ${behind}`;
}

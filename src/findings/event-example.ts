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
  return `number ${number}`;
}

/** @param id hostile text */
export function eventWithId(id: string): string {
  return `the event with the id ${quote(id)}`;
}

/** @param data hostile text */
export function eventThatSays(data: string): string {
  return `the event that says ${quote(data)}`;
}

/** A whole sentence. */
export function exampleSays({ what, event, behind }: EventExample): string {
  return `For example, ${event} ${became(what, event, behind)}.`;
}

function became(what: ExampleOf, event: string, behind: string | null): string {
  if (what === 'lost') return 'never came on one of the streams';
  if (what === 'resumeLost') return 'never came to one of those that returned';
  if (what === 'reordered') return behind === null ? 'came late' : `came behind ${behind}`;
  const again =
    what === 'resumeDuplicated' ? 'came again to one of those that returned' : 'came again to the same client';
  if (behind === null || what === 'resumeDuplicated') return again;
  return behind === event ? 'came twice in a row' : `${again}, behind ${behind}`;
}

/**
 * The end of a stream as its user names it (`--until`): the event after which all has been said. Only what is named here
 * makes a stream complete; where nobody names an end, accounts/farewell.ts knows how streams usually say that they are
 * over.
 */

export type StreamMarker =
  /** An event of this name, as an EventSource dispatches it. */
  | { readonly kind: 'event-name'; readonly name: string }
  /** An event whose data has this in it. */
  | { readonly kind: 'text'; readonly text: string };

/** @returns whether this event is the one that ends the stream */
export function isMarker(marker: StreamMarker, type: string, data: string): boolean {
  return marker.kind === 'event-name' ? type === marker.name : data.includes(marker.text);
}

/** As the user wrote it: `event:done` or `text:[DONE]`. */
export function markerText(marker: StreamMarker): string {
  return marker.kind === 'event-name' ? `event:${marker.name}` : `text:${marker.text}`;
}

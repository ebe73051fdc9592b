/**
 * What a server says of itself in the events that are about its stream: `connected` and `missed`. Anybody may use
 * these names for something else, so whatever is not as ours writes it says nothing.
 */

/** What the server says of itself in its `connected` event. */
export interface Promises {
  heartbeatMs: number | null;
  evictAfterMs: number | null;
}

export function readPromises(data: string): Promises {
  const json = readObject(data);
  return { heartbeatMs: period(json['heartbeatMs']), evictAfterMs: period(json['evictAfterMs']) };
}

/** How many events a client will never get, of the data of a `missed` event. */
export function readMissed(data: string): number {
  const { from, to } = readObject(data);
  return typeof from === 'number' && typeof to === 'number' && to >= from ? to - from + 1 : 0;
}

function period(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}

function readObject(data: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(data);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    // A server of somebody else may use these names for other things.
    return {};
  }
}

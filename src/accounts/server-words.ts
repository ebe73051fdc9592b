/**
 * What a server says of its stream in the events `connected` and `missed`, and which events are heartbeats. Anybody
 * may use these names for something else: what is not written as our own server writes it says nothing.
 */
import { isFields, parseJson, type JsonFields } from '../core/json.ts';

const HEARTBEAT_TYPES = new Set(['ping', 'heartbeat', 'keepalive', 'keep-alive']);
/** About the stream itself: not published to anybody. */
const NOTICES = new Set(['connected', 'missed']);
/** What is longer is no notice of ours. */
const MAX_NOTICE_CHARACTERS = 65_536;

export function isHeartbeat(type: string): boolean {
  return HEARTBEAT_TYPES.has(type);
}

export function isNotice(type: string): boolean {
  return NOTICES.has(type);
}

/** What the server says of itself in its `connected` event. */
export interface Promises {
  heartbeatMs: number | null;
  evictAfterMs: number | null;
  /** It says from where each stream goes on (`resumedFrom`), so it replays. */
  replays: boolean;
}

export function readPromises(data: string): Promises {
  const json = fieldsOf(data);
  return {
    heartbeatMs: period(json['heartbeatMs']),
    evictAfterMs: period(json['evictAfterMs']),
    replays: 'resumedFrom' in json,
  };
}

/** How many events a client will never get, of the data of a `missed` event. */
export function readMissed(data: string): number {
  const { from, to } = fieldsOf(data);
  return typeof from === 'number' && typeof to === 'number' && to >= from ? to - from + 1 : 0;
}

function period(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}

function fieldsOf(data: string): JsonFields {
  const json = data.length > MAX_NOTICE_CHARACTERS ? null : parseJson(data);
  // A server of somebody else may use these names for other things.
  return isFields(json) ? json : {};
}

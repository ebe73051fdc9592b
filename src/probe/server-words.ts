/**
 * What a server says of its stream in the events `connected` and `missed`, and which events are heartbeats. Anybody
 * may use these names for something else: what is not written as our own server writes it says nothing.
 */
const HEARTBEAT_TYPES = new Set(['ping', 'heartbeat', 'keepalive', 'keep-alive']);
/** About the stream itself: not published to anybody. */
const NOTICES = new Set(['connected', 'missed']);

export function isHeartbeat(type: string): boolean {
  return HEARTBEAT_TYPES.has(type);
}

export function isNotice(type: string): boolean {
  return NOTICES.has(type);
}

/** The period of heartbeats that a `connected` event promises; null where it promises none. */
export function promisedHeartbeatMs(data: string): number | null {
  const { heartbeatMs } = readObject(data);
  return typeof heartbeatMs === 'number' && heartbeatMs > 0 ? heartbeatMs : null;
}

function readObject(data: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(data);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    // A server of somebody else may use the name for other things.
    return {};
  }
}

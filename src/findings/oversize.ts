/** The limits on lines and events, as both commands say them. */
import { formatBytes } from '../core/units.ts';
import { MAX_FIELD_BYTES } from '../sse/handlers.ts';

/** As the parser has it: a line that is no data is held to less. */
export function longLine(maxLineBytes: number): string {
  const limit = `a line of more than ${formatBytes(maxLineBytes)}`;
  return maxLineBytes > MAX_FIELD_BYTES ? `${limit} (${formatBytes(MAX_FIELD_BYTES)} outside data)` : limit;
}

export function largeEvent(maxEventBytes: number): string {
  return `an event of more than ${formatBytes(maxEventBytes)}`;
}

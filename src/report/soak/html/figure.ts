/** Single figures of a report as people read them; what was not measured says so. */
import { formatBytes, formatCount, formatDuration } from '../../../core/units.ts';

export const NOTHING = '–';

export function countText(value: number | null): string {
  return value === null ? 'not measured' : formatCount(value);
}

export function timeText(valueMs: number | null): string {
  return valueMs === null ? NOTHING : formatDuration(valueMs);
}

export function bytesText(bytes: number | null): string {
  return bytes === null ? NOTHING : formatBytes(bytes);
}

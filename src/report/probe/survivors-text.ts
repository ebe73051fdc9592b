/** What well-known proxies and platforms would do to the stream by their defaults, in a line for each kind of limit. */
import { formatDuration } from '../../core/units.ts';
import type { IntermediaryResult, ProbeResult } from '../../probe/result.ts';

/** Empty where there was no stream. */
export function survivors({ intermediaries, recommendedHeartbeatMs }: ProbeResult): string[] {
  const names = (kind: IntermediaryResult['kind']): string =>
    intermediaries
      .filter((row) => row.survives === false && row.kind === kind)
      .map(({ name, limitMs }) =>
        limitMs === null ? name.replace(', buffering', '') : `${name} ${formatDuration(limitMs)}`,
      )
      .join(', ');
  const lines: string[] = [];
  const idle = intermediaries.filter(({ kind }) => kind === 'idle');
  const cut = names('idle');
  const beat =
    recommendedHeartbeatMs === null ? '' : `; a heartbeat every ${formatDuration(recommendedHeartbeatMs)} survives all`;
  if (idle.some(({ survives }) => survives !== null))
    lines.push(
      cut === ''
        ? `survives all ${idle.length} idle timeouts of well-known proxies and platforms`
        : `cut when idle by ${cut}${beat}`,
    );
  const aged = names('absolute');
  if (aged !== '') lines.push(`cut at a maximum age, with or without heartbeats, by ${aged}`);
  const late = names('first-byte');
  if (late !== '') lines.push(`the first byte is too late for ${late}`);
  const held = names('buffering');
  if (held !== '') lines.push(`buffered by default by ${held}`);
  return lines;
}

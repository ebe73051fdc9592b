/** What a scenario says of judging: what was seen of the target, as keys where it is known and switched off where not. */
import { counted, formatDuration } from '../../core/units.ts';
import { soakOptions } from '../../options/soak-options.ts';
import { METRICS } from '../../verdict/metrics.ts';
import { off, prose, said, scalar, sentence } from './scenario-lines.ts';
import { LOOKING, type Sighting } from './sighting.ts';

const LATENCY_BOUND = '500ms';

/** @param sighting null for the server of its own, of which all is known */
export function judgingLines(sighting: Sighting | null): string[] {
  return [
    ...(sighting === null ? [] : [...fieldLines(sighting), ...heartbeatLines(sighting), ...endLines(sighting), '']),
    ...said(soakOptions.thresholds),
    ...thresholdLines(sighting),
  ];
}

function fieldLines({ sequence, time, events }: Sighting): string[] {
  const { seqPointer, sentAtPointer } = soakOptions;
  const none = events === 0 ? '' : ` None was found in ${counted(events, 'event')}.`;
  return [
    ...(sequence === null
      ? [...prose(`${sentence(seqPointer.help)}.${none}`), off(`${seqPointer.flag}: /seq`)]
      : [
          ...prose(
            `The number at ${sequence} rose by one from each event to the next, alike for ${LOOKING.clients} clients: a gap in it is a lost event. Leave the line out if it counts something else.`,
          ),
          `${seqPointer.flag}: ${scalar(sequence)}`,
        ]),
    ...(time === null
      ? [...prose(`${sentence(sentAtPointer.help)}.${none}`), off(`${sentAtPointer.flag}: /sent`)]
      : [
          ...prose(
            `The time at ${time} agrees with the clock of this machine, and latency counts from it. Leave the line out if it is not the time when an event is due.`,
          ),
          `${sentAtPointer.flag}: ${scalar(time)}`,
        ]),
  ];
}

function heartbeatLines({ promisedMs, periodMs, trouble }: Sighting): string[] {
  const row = soakOptions.heartbeatWithinMs;
  if (promisedMs !== null) {
    return [
      ...prose(
        `The server announces a heartbeat every ${formatDuration(promisedMs)}, and the run expects that. A value here takes its place.`,
      ),
      off(`${row.flag}: ${secondsFor(2 * promisedMs)}`),
    ];
  }
  if (periodMs !== null) {
    return [
      ...prose(
        `A heartbeat arrived every ${formatDuration(periodMs)}, but none is announced. This is the ${row.help}: twice that.`,
      ),
      `${row.flag}: ${secondsFor(2 * periodMs)}`,
    ];
  }
  const none =
    trouble === null ? ' No heartbeat was seen in some seconds; many proxies cut a stream after 60s of silence.' : '';
  return [...said(row, none), off(`${row.flag}: 20s`)];
}

function endLines({ ends }: Sighting): string[] {
  if (!ends) return [];
  return [
    ...prose(
      `A stream ended by itself. Where that is as planned, name what ends it, or each end counts as a dropped client: ${soakOptions.until.help}.`,
    ),
    off(`${soakOptions.until.flag}: event:done`),
  ];
}

/** Each is switched off where nothing would be measured for it: a threshold without a sample fails. */
function thresholdLines(sighting: Sighting | null): string[] {
  const isOwn = sighting === null;
  const rows = [
    { text: 'clients.dropped==0', holds: isOwn || !sighting.ends },
    { text: 'events.lost==0', holds: isOwn || sighting.tellsLoss },
    { text: `latency.p99<${LATENCY_BOUND}`, holds: isOwn || sighting.time !== null },
    ...(isOwn ? [{ text: 'eviction.missed==0', holds: true }] : []),
  ];
  const width = Math.max(...rows.map(({ text }) => text.length)) + 2;
  const key = `${soakOptions.thresholds.flag}:`;
  return [
    rows.some(({ holds }) => holds) ? key : off(key),
    ...rows.map(
      ({ text, holds }) =>
        `  ${holds ? '- ' : '#- '}${text.padEnd(width)}# ${METRICS.get(text.replace(/[=<].*/, ''))?.says ?? ''}`,
    ),
  ];
}

/** Rounded up to whole seconds: a bound is no measurement. */
function secondsFor(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}

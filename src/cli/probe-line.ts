/** What is shown of a probe while it goes on: for how long, what it waits for, and what came so far. */
import { printable } from '../core/printable.ts';
import { counted, wholeSeconds } from '../core/units.ts';
import type { ProbeProgress } from '../probe/progress.ts';
import type { ProbeResult } from '../probe/result.ts';
import type { LineParts } from './live-line.ts';

const MAX_TYPE_CHARACTERS = 30;

export function connectingParts(host: string, limitMs: number): LineParts {
  const startMs = performance.now();
  return () => [[`${timeOf(performance.now() - startMs, limitMs)}, connecting to ${printable(host)}`]];
}

export function probeParts(look: () => ProbeProgress): LineParts {
  return () => {
    const { elapsedMs, limitMs, events, comments, last, awaited } = look();
    const heard = [counted(events, 'event'), ...(comments === 0 ? [] : [counted(comments, 'comment')])];
    return [
      [`${timeOf(elapsedMs, limitMs)}, waiting for ${printable(awaited)}`],
      [heard.join(', ')],
      ...(last === null ? [] : [[`${printable(last.type, MAX_TYPE_CHARACTERS)} ${wholeSeconds(last.agoMs)} ago`]]),
    ];
  };
}

/** Between two probes. */
export function pauseParts(pauseMs: number, probes: number, status: ProbeResult['status']): LineParts {
  const startMs = performance.now();
  return () => [
    [`next probe in ${wholeSeconds(pauseMs - (performance.now() - startMs))}`],
    [`${counted(probes, 'probe')} so far`],
    [`the last: ${status.toUpperCase()}`],
  ];
}

function timeOf(elapsedMs: number, limitMs: number): string {
  return `${wholeSeconds(Math.min(elapsedMs, limitMs))} of ${wholeSeconds(limitMs)}`;
}

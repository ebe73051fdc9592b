/**
 * What `--until` waited for and did not get: the check that answers for it fails, whatever else it would say.
 *
 * The check of the head, of the first event, of heartbeats or of the end has reasons of its own not to answer (there was
 * no stream, no heartbeat was due yet); somebody who waited for one of them did not get it all the same.
 */
import type { CheckId } from '../findings/check-rows.ts';
import type { CheckResult } from '../findings/check-result.ts';
import { formatDuration } from '../core/units.ts';
import type { Until } from '../options/values/until.ts';
import type { Observations } from './observations.ts';

const ANSWERED_BY: Readonly<Record<Until['kind'], CheckId>> = {
  headers: 'status',
  event: 'first-event',
  heartbeat: 'heartbeat',
  'event-name': 'completion',
  text: 'completion',
};

/** Null where nothing was waited for, where it came, and where it was not waited for to the end. */
export function unmetUntil({ plan: { until }, untilCame, endedBy, endMs }: Observations): CheckResult | null {
  if (until === null || untilCame || endedBy === 'interrupted') return null;
  return {
    id: ANSWERED_BY[until.kind],
    status: 'fail',
    title: `${untilText(until)} did not arrive within ${formatDuration(endMs)}`,
    evidence: { until: until.kind, waitedMs: endMs },
    hint: 'Wait longer (--deadline), or read what the other checks say about the response.',
  };
}

/** What `--until` names, in words. */
export function untilText(until: Until): string {
  switch (until.kind) {
    case 'headers':
      return 'the response headers';
    case 'event':
      return 'an event';
    case 'heartbeat':
      return 'a heartbeat';
    case 'event-name':
      return `the event ${JSON.stringify(until.name)}`;
    case 'text':
      return `the text ${JSON.stringify(until.text)}`;
    default:
      return until satisfies never;
  }
}

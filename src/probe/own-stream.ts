/** Whether each connection is sent a stream of its own: its events, and their ids, are no places in anything shared. */
import { ONE_MOMENT_MS } from '../findings/arrivals.ts';
import type { Listening } from './listening.ts';
import type { NotedEvent } from './noted-event.ts';

/** What was sent together is a history. */
const APART_MS = 50;
/** So many events that come to both at one moment are no accident. */
const ENOUGH = 2;

/**
 * It begins with what the main stream began with, long after that and not at once; or the same events come to both at
 * one moment and under other ids.
 */
export function isStreamOfItsOwn(other: Listening, main: Listening): boolean {
  return beginsAnew(other, main) || countsForItself(other, main);
}

function beginsAnew(other: Listening, main: Listening): boolean {
  const [here, then] = main.log.published;
  const [there, after] = other.log.published;
  if (here === undefined || there === undefined || other.headMs === null) return false;
  const tells = then !== undefined && then.untimed !== here.untimed;
  if (here.atMs >= other.headMs || !isSame(here, there, tells)) return false;
  if (then === undefined || after === undefined) return true;
  return isSame(then, after, tells) && then.atMs - here.atMs >= APART_MS && after.atMs - there.atMs >= APART_MS;
}

/** @param tells the data tells events apart, whatever their ids */
function isSame(one: NotedEvent, other: NotedEvent, tells: boolean): boolean {
  if (tells && one.untimed === other.untimed) return true;
  return one.id === null ? one.key === other.key : one.id === other.id;
}

function countsForItself(other: Listening, main: Listening): boolean {
  const pairs = other.log.published.flatMap((here) => {
    const there = main.log.published.find(
      ({ content, atMs }) => content === here.content && Math.abs(atMs - here.atMs) <= ONE_MOMENT_MS,
    );
    return there === undefined || here.id === null || there.id === null ? [] : [here.id === there.id];
  });
  return pairs.length >= ENOUGH && !pairs.includes(true);
}

/**
 * What a probe asks when nothing else is left to ask, since it may hold up others: for the head alone, and for the stream
 * behind that.
 */
import { type AuxiliaryPlan, isQuick } from './auxiliary-streams.ts';
import { forHeadOnly } from './request-spec.ts';

/** For the answer to HEAD, and then for its end. */
const HEAD_ONLY_PATIENCE_MS = 2000;

/** The head alone, as monitors ask: no body may follow, and the server must be done with it. */
const headOnly: AuxiliaryPlan = {
  name: 'headOnly',
  requestSpec: ({ main, mayClose }) => (main.isStream ? forHeadOnly(main.requestSpec, mayClose) : null),
  isAnswered: ({ headMs, startedMs }, { nowMs }) => nowMs - (headMs ?? startedMs) > HEAD_ONLY_PATIENCE_MS,
};

/**
 * The client that comes next. Where a server does not end its answer to HEAD, the next request on the connection between
 * a proxy and that server waits for it. That request is ours, and takes the connection with it when it leaves.
 */
const behindHead: AuxiliaryPlan = {
  name: 'behindHead',
  requestSpec: ({ main }) => (isQuick(main) ? main.requestSpec : null),
  isAnswered: ({ head, startedMs }, { nowMs }) => head !== null || nowMs - startedMs > HEAD_ONLY_PATIENCE_MS,
};

/** One after the other, when nothing else is left to ask; nothing is asked behind the last. */
export const LAST_STREAMS: readonly AuxiliaryPlan[] = [headOnly, behindHead];

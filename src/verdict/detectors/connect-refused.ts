import { counted } from '../../core/units.ts';
import type { Detected } from '../../findings/finding.ts';
import { adviceOnLateRefusal } from '../../findings/late-refusal.ts';
import {
  NO_ANSWER_HEADS,
  NO_ANSWER_MS,
  noHeadSays,
  othersWaitAdvice,
  othersWaitSays,
  sharedConnectionAdvice,
  sharedConnectionSays,
  STREAM_REFUSED,
} from '../../findings/no-head.ts';
import { adviceUnderLoad, statusOfCause } from '../../findings/refusal-advice.ts';
import { answerOfKind, refusedAnswerSays } from '../../findings/refused-answer.ts';
import { countAbove } from '../../measure/cluster.ts';
import { longestStopMs } from '../../measure/generator.ts';
import { refusalTimes } from '../../measure/refusal-times.ts';
import type { RunRecord } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';
import { leakedPlaces } from '../leaked-places.ts';
import { marksOf } from '../server-marks.ts';

const WAITED = new Set(['headers-timeout', 'connect-timeout']);
/** Fewer that still wait when the run ends may be unlucky. */
const WAITING_SHARE = 0.1;

/** Nobody let the client in: refused, timed out, an answer that is not 200, or none at all. */
export const connectRefused: Detector = {
  id: 'connect-refused',
  detect(record) {
    const { summary, headersTimeoutMs } = record;
    const connected = summary.total('connected');
    const byCause = [...summary.refusalsByCause].filter(
      // The first has a finding of its own, the second is our own limit, and 204 tells a client that had a stream that
      // all is said.
      ([cause]) =>
        !cause.startsWith('content-type') && cause !== 'client-limit' && (cause !== 'server-stop' || connected === 0),
    );
    const refused = byCause.reduce((sum, [, count]) => sum + count, 0);
    const [most] = byCause.toSorted(([, a], [, b]) => b - a);
    const evidence = { refused, byCause: Object.fromEntries(byCause), connected };
    if (most === undefined || WAITED.has(most[0])) {
      const waiting = othersWait(record, evidence);
      if (waiting !== null) return waiting;
    }
    if (most === undefined) return null;
    const [cause] = most;
    if (cause === STREAM_REFUSED && connected > 0) return streamsRefused(record, evidence);
    const marks = marksOf(record);
    const hint = adviceUnderLoad(cause, connected > 0, marks);
    if (connected === 0 && cause === 'headers-timeout') {
      const says = noHeadSays(headersTimeoutMs);
      return {
        title: `${says.charAt(0).toUpperCase()}${says.slice(1)}: ${counted(refused, 'attempt')}, none with a response.`,
        evidence: { ...evidence, waitedMs: headersTimeoutMs },
        hint,
      };
    }
    const answer = answerOfKind(summary.refusedAnswers.keys(), cause);
    const places = leakedPlaces(record);
    const status = statusOfCause(cause);
    const times = status === null ? null : refusalTimes(summary, status);
    const late =
      status === null || times === null ? '' : adviceOnLateRefusal(status, times, longestStopMs(record.generator));
    const says =
      answer !== null
        ? refusedAnswerSays(answer)
        : cause === 'headers-timeout'
          ? `: ${noHeadSays(headersTimeoutMs)}`
          : '';
    return {
      title: `${counted(refused, 'connection attempt')} failed (${byCause.map(([name]) => name).join(', ')})${says}.${places === null ? '' : ` ${places.title}`}`,
      evidence: {
        ...evidence,
        ...(answer === null ? {} : { answer }),
        ...(times === null ? {} : { refusedAfterMinMs: times.shortestMs, refusedAfterMaxMs: times.longestMs }),
        ...places?.evidence,
      },
      hint: places?.hint ?? `${late}${hint}`,
    };
  },
};

/** A connection of HTTP/2 lives, and the server takes no more streams on it. */
function streamsRefused(
  { planned, summary, clientsPerConnection }: RunRecord,
  evidence: Detected['evidence'],
): Detected {
  const answered = summary.total('connected');
  const shared = { clients: planned, answered, connections: Math.ceil(planned / clientsPerConnection) };
  return {
    title: `${sharedConnectionSays(shared, null)}.`,
    evidence: { ...evidence, ...shared },
    hint: sharedConnectionAdvice(shared),
  };
}

/** Some have their streams, and others wait for a head for so long that the server cannot just be slow. */
function othersWait(record: RunRecord, evidence: Detected['evidence']): Detected | null {
  const { summary, clientsPerConnection } = record;
  const answered = summary.total('connected');
  const { withoutHead, headers } = summary.times;
  const isLongMs = Math.max(NO_ANSWER_MS, NO_ANSWER_HEADS * headers.percentile(99));
  const waiting = countAbove(withoutHead, isLongMs);
  if (answered === 0 || waiting < Math.max(1, (answered + waiting) * WAITING_SHARE)) return null;
  const longestWaitMs = withoutHead.percentile(100);
  const seen = { ...evidence, answered, waiting, longestWaitMs };
  const clients = answered + waiting;
  const shared = { clients, answered, connections: Math.ceil(clients / clientsPerConnection) };
  if (clientsPerConnection > 1 && answered > 1) {
    return {
      title: `${sharedConnectionSays(shared, longestWaitMs)}.`,
      evidence: { ...seen, ...shared },
      hint: sharedConnectionAdvice(shared),
    };
  }
  return {
    title: `${othersWaitSays(answered, waiting, longestWaitMs)}.`,
    evidence: seen,
    hint: othersWaitAdvice(marksOf(record)),
  };
}

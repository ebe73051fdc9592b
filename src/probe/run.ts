/**
 * One probe: contacts the server, listens, asks beside it what one stream cannot answer, and ends as soon as it knows.
 *
 * One clock decides everything: nothing that is started here lasts longer than the duration or the deadline, whichever
 * is shorter, and every connection is left when it ends.
 */
import { systemClock, type Clock } from '../core/clock.ts';
import { GeneratorLimitError, UsageError } from '../core/errors.ts';
import { adviceOnCause } from '../findings/refusal-advice.ts';
import { secretsOf } from '../core/redact.ts';
import { TimeLimit } from '../core/time-limit.ts';
import type { ProbePlan } from '../options/probe-options.ts';
import { PROFILES } from '../protocols/profiles.ts';
import type { ThresholdRule } from './metrics.ts';
import { resultOf } from './outcome.ts';
import type { ProbeProgress } from './progress.ts';
import { ProbeRoom } from './probe-room.ts';
import { withHeader, type RequestSpec } from './request-spec.ts';
import type { ProbeResult } from './result.ts';
import { Watch, type WatchOptions } from './watch.ts';
import type { Unaccepted } from '../reach/accepting.ts';
import { type Contact, Connector } from '../reach/connector.ts';
import type { Reach } from '../reach/transport-spec.ts';

export interface ProbeRequest {
  url: URL;
  plan: ProbePlan;
  rules: readonly ThresholdRule[];
  bearer: string | null;
  reach: Reach;
  /** The version of sse-probe, which the User-Agent names. */
  version: string;
  /** Ends it; the result so far is given. */
  signal: AbortSignal;
  /** Whether a redirect may lead there, beside what no redirect may. Default: anywhere. */
  mayVisit?: (url: URL) => boolean;
  clock?: Clock;
  /** What waiting for the server came to (waited.ts), where nobody accepted a connection. Default: nobody waited. */
  unaccepted?: Unaccepted | null;
  /** Called when the server was reached and is watched from now on. @param look how far it is, whenever that is asked */
  onWatching?: (look: () => ProbeProgress) => void;
  /** What several probes share. Default: a room of its own. */
  room?: ProbeRoom;
}

/** RFC 9113, 3.2 and 3.3: HTTP/2 is agreed on within TLS, and browsers speak it there only. */
const HTTP2_WITHOUT_TLS = [
  '--h2: the URL begins with http://, and HTTP/2 is spoken over TLS only',
  { hint: 'Write https://, or leave --h2 out.' },
] as const;

/**
 * Never throws for what the network does.
 *
 * @throws {UsageError} when the request cannot be sent as it is · {GeneratorLimitError} when this machine has no descriptor
 * or port to send it from, which says nothing of the server
 */
export async function probe(request: ProbeRequest): Promise<ProbeResult> {
  const { url, plan, rules, clock = systemClock, room = new ProbeRoom() } = request;
  if (plan.http2 && url.protocol === 'http:') throw new UsageError(...HTTP2_WITHOUT_TLS);
  const checks = await PROFILES[plan.profile].checks();
  const startMs = clock.nowMs();
  const startedAtMs = clock.wallMs();
  const nowMs = (): number => clock.nowMs() - startMs;
  const limitMs = Math.min(plan.durationMs, plan.deadlineMs ?? Number.POSITIVE_INFINITY);
  const time = new TimeLimit(limitMs, request.signal);
  const { signal } = time;
  const connector = new Connector({
    url,
    method: plan.method,
    connectTo: plan.connectTo,
    reach: request.reach,
    nowMs,
    signal,
    ...(request.mayVisit === undefined ? {} : { mayVisit: request.mayVisit }),
  });
  const contact = await contactOf(connector, request.unaccepted);
  const isTrusted = contact.handshake === null || contact.handshake.distrust === null || plan.insecure;
  const watched =
    contact.failure === null && isTrusted
      ? await watch(request.onWatching, {
          plan,
          connector,
          contact,
          requestSpec: requestSpecOf(request),
          nowMs,
          limitMs,
          signal,
          checks,
          room,
        })
      : nothingWatched(time.isOver ? endOfTime(plan) : 'answered', nowMs());
  time.end();
  const { main, auxiliary, asksTwice, endMs, ownStopMs, complete, untilCame, profileVerdict } = watched;
  const failure = contact.failure ?? main?.end ?? null;
  if (failure?.cause === 'client-limit' && (main === null || main.head === null)) {
    throw new GeneratorLimitError(`no request could be sent: ${failure.detail}`, {
      hint: adviceOnCause('client-limit', failure),
    });
  }
  const endedBy = request.signal.aborted ? 'interrupted' : watched.endedBy;
  return resultOf(
    {
      plan,
      url,
      contact,
      proxy: connector.proxy,
      main,
      auxiliary,
      asksTwice,
      endedBy,
      endMs,
      ownStopMs,
      complete,
      untilCame,
      wallOffsetMs: startedAtMs,
    },
    {
      rules,
      startedAt: new Date(startedAtMs).toISOString(),
      replaced: profileVerdict.checks,
      skips: checks.skips,
      firstTokenMs: profileVerdict.firstTokenMs,
      profile: profileVerdict.figures,
      secrets: secretsOf(requestSpecOf(request)),
    },
  );
}

/** What a watch leaves behind. */
type WatchOutcome = Pick<
  Watch,
  'main' | 'auxiliary' | 'asksTwice' | 'endedBy' | 'endMs' | 'ownStopMs' | 'complete' | 'untilCame' | 'profileVerdict'
>;

async function watch(onWatching: ProbeRequest['onWatching'], options: WatchOptions): Promise<WatchOutcome> {
  const watching = new Watch(options);
  onWatching?.(() => watching.progress());
  await watching.run();
  return watching;
}

/** A server that was waited for in vain is not asked once more. */
async function contactOf(connector: Connector, unaccepted?: Unaccepted | null): Promise<Contact> {
  if (unaccepted === undefined || unaccepted === null) return connector.contact();
  const { cause, detail } = unaccepted;
  return { dnsMs: null, connectMs: null, tlsMs: null, addresses: [], handshake: null, failure: { cause, detail } };
}

/** The server was not reached, or is not who it should be: nothing was asked. */
function nothingWatched(endedBy: WatchOutcome['endedBy'], endMs: number): WatchOutcome {
  return {
    main: null,
    auxiliary: new Map(),
    asksTwice: false,
    endedBy,
    endMs,
    ownStopMs: 0,
    complete: false,
    untilCame: false,
    profileVerdict: { checks: [] },
  };
}

/** What the time ran out of. */
function endOfTime({ deadlineMs, durationMs }: Pick<ProbePlan, 'deadlineMs' | 'durationMs'>): 'deadline' | 'duration' {
  return deadlineMs !== null && deadlineMs < durationMs ? 'deadline' : 'duration';
}

function requestSpecOf({ url, plan, bearer, version }: ProbeRequest): RequestSpec {
  const requestSpec: RequestSpec = {
    url,
    method: plan.method,
    headers: plan.headers,
    body: plan.body,
    lastEventId: '',
    version,
  };
  return bearer === null ? requestSpec : withHeader(requestSpec, 'Authorization', `Bearer ${bearer}`);
}

/**
 * Before a run: can this machine hold so many clients, and is there a stream at all? Asked with one client, so
 * that a web page is not met by thousands.
 */
import { behaviours } from '../client/behaviour.ts';
import { DEAF_OBSERVER } from '../client/deaf-observer.ts';
import { EventCache } from '../client/event-cache.ts';
import { LongTexts } from '../client/long-texts.ts';
import { Subscription } from '../client/subscription.ts';
import { Wheel } from '../client/wheel.ts';
import { CAUSES, type Cause } from '../core/causes.ts';
import type { Clock } from '../core/clock.ts';
import { Random } from '../core/random.ts';
import { stampReader } from '../accounts/stamps.ts';
import { STREAM_REFUSED } from '../findings/no-head.ts';
import { Summary } from '../record/summary.ts';
import type { SoakPlan } from '../options/soak-options.ts';
import { processCount } from './load/start-generator.ts';
import { checkDescriptors, checkMemory, checkSourcePorts, descriptorLimit, sourcePorts } from './capacity.ts';
import { checkConfirmed } from '../reach/confirm-target.ts';
import { confirmedHops } from '../reach/hops.ts';
import { apportion } from './load/pacer.ts';
import { refusalKey, type RefusedAttempt } from './load/refusals.ts';
import { RefusedAnswers } from './load/refused-answers.ts';
import { Requests } from './load/requests.ts';
import type { Aim } from './load/aim.ts';
import type { ShardPlan } from './load/shard-plan.ts';
import { loadStreamOpening } from './load/stream-opening.ts';
import { serverProcessCount } from './target/server-flags.ts';
import type { Target } from './target/target.ts';
import { clientsPerConnection, openTransport } from '../reach/transport-spec.ts';

/**
 * Has each process of a plan that starts a server of its own, that server's included, the descriptors for its clients? Asked before that server is
 * started, which with too few of them does not come up and cannot say why.
 *
 * @throws {GeneratorLimitError}
 */
export async function checkOwnDescriptors(plan: SoakPlan): Promise<void> {
  if (plan.urls.length > 0) return;
  const servers = serverProcessCount(plan);
  const fewest = isOnWorkers(plan) ? servers : Math.min(servers, processCount(plan, servers));
  checkDescriptors(Math.ceil(plan.clients / fewest), await descriptorLimit());
}

/**
 * May the plan's clients be sent to these targets, and has this machine the room for those that it holds?
 *
 * @throws {UsageError} for a public target that is not confirmed · {GeneratorLimitError} for descriptors, ports or
 * memory
 */
export async function checkLoad(plan: SoakPlan, targets: readonly Target[]): Promise<void> {
  for (const { url, address, embedded } of targets) if (!embedded) checkConfirmed(url, address, plan);
  if (isOnWorkers(plan)) return;
  const [files, ports] = await Promise.all([descriptorLimit(), sourcePorts()]);
  const clients = Math.ceil(plan.clients / targets.length);
  const processes = processCount(plan, targets.length);
  for (const { address, transport } of targets) {
    const perConnection = clientsPerConnection(transport);
    checkDescriptors(Math.ceil(plan.clients / processes), files, perConnection);
    checkSourcePorts(Math.ceil(clients / perConnection), address, ports);
  }
  checkMemory(
    {
      clients: plan.clients,
      stalled: apportion(plan.clients, plan.mix).stalled,
      processes,
      tls: targets.some(({ transport }) => transport.tls !== null),
      embedded: targets.some(({ embedded }) => embedded),
      fillBytes: Math.max(...targets.map(({ fillBytes }) => fillBytes)),
    },
    // Nothing is what it says where it cannot find out, as without /proc.
    process.availableMemory() || Number.POSITIVE_INFINITY,
  );
}

function isOnWorkers({ redis, redisEnv }: SoakPlan): boolean {
  return redis !== null || redisEnv !== null;
}

/** What a refused or failed first attempt says. */
export interface Refused extends RefusedAttempt {
  /** Whether anybody is there: a server that says 503 is, and one that takes the connection and never answers. */
  answered: boolean;
  /** What was noted of the answer, in the figures that clients of a run write. */
  figures: Summary;
}

export interface OpenOnceOptions {
  bearer: string | null;
  version: string;
  clock: Clock;
  signal: AbortSignal;
}

const ANSWERED = new Set<Cause>([
  'headers-timeout',
  'http-status',
  'content-type',
  'server-stop',
  'session-refused',
  'redirect-loop',
  'redirect-refused',
  'decode',
  'http-protocol',
  'headers-too-large',
]);
const TICK_MS = 20;

function hasAnswered(cause: Cause, detail: string): boolean {
  return ANSWERED.has(cause) || refusalKey(cause, detail) === STREAM_REFUSED;
}

/** Opens the stream once and leaves; null when it opened. Ends by the client's own time-outs. */
export async function openOnce(
  aim: Aim,
  plan: ShardPlan,
  { bearer, version, clock, signal }: OpenOnceOptions,
): Promise<Refused | null> {
  const requests = new Requests(aim, plan, bearer, version);
  const inner = await openTransport(aim.transport);
  const openingFor = await loadStreamOpening({ plan, requests, transport: inner, clock });
  // One client looks whether somebody is there: what it finds is counted for nobody.
  const { transport, accounts, requestFor } = openingFor(new Summary());
  const figures = new Summary();
  const nowMs = clock.nowMs();
  const wheel = new Wheel(nowMs);
  return new Promise((resolve) => {
    const finish = (refused: Refused | null): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      client.stop('fin');
      if (accounts === null) resolve(refused);
      else void accounts.end([client]).then(() => resolve(refused));
    };
    const onAbort = (): void => finish(null);
    const client = new Subscription(
      0,
      behaviours.healthy,
      {
        transport,
        wheel,
        clock,
        random: new Random(plan.seed),
        cache: new EventCache(stampReader(plan.pointers)),
        longTexts: new LongTexts(),
        hops: confirmedHops(aim, plan, inner),
        requestFor,
        connectTimeoutMs: plan.connectTimeoutMs,
        headersTimeoutMs: plan.headersTimeoutMs,
        refusedAnswers: new RefusedAnswers(figures, requests.secrets),
        slowRateBytesPerSecond: plan.slowRateBytesPerSecond,
        nowMs,
        wallOffsetMs: 0,
        observer: {
          ...DEAF_OBSERVER,
          onOpen: () => setImmediate(finish, null),
          onLost: ({ refusedMs, phaseStartMs }, cause, detail, wasOpen) => {
            // A short answer may be over with the read that brought its head.
            if (wasOpen) finish(null);
            else
              finish({
                cause,
                detail: detail || CAUSES[cause].says,
                waitedMs: refusedMs - phaseStartMs,
                answered: hasAnswered(cause, detail),
                figures,
              });
          },
        },
      },
      plan,
    );
    const timer = setInterval(() => wheel.advance(clock.nowMs()), TICK_MS);
    signal.addEventListener('abort', onAbort, { once: true });
    client.connect();
  });
}

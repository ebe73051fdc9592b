/**
 * `sse-probe listen URL`: what a stream says, as it says it, on stdout; what we did otherwise than asked, on
 * stderr. A reader of our stdout that is slow makes us slow, and with us the stream: nothing is kept for it.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { EventSourceContext } from '../client/event-source-context.ts';
import { Listener, type ListenerOptions, type ListenRecord } from '../client/listener.ts';
import { Wheel } from '../client/wheel.ts';
import type { Cause } from '../core/causes.ts';
import { systemClock } from '../core/clock.ts';
import { EXIT, UnreachableError } from '../core/errors.ts';
import { hostOf } from '../core/host.ts';
import { adviceOnCause } from '../findings/refusal-advice.ts';
import { redactedTexts, secretsOf } from '../core/redact.ts';
import { listenJson } from '../report/listen/json.ts';
import { NO_NOTES, type RefusalNotes, RefusalNoting } from '../report/listen/refusal-notes.ts';
import { listenText } from '../report/listen/text.ts';
import { withoutCommands } from '../report/workflow-commands.ts';
import type { ListenPlan } from '../options/listen-options.ts';
import type { Header } from '../options/values/header.ts';
import { urlArgument } from '../options/values/urls.ts';
import { GarbageWatch } from '../core/garbage-watch.ts';
import { firstPlace, named, untilAccepted } from '../reach/accepting.ts';
import { userInfoHeaders } from '../reach/hop-request.ts';
import { hopsFor } from '../reach/hops.ts';
import { firstHop } from '../reach/redirect.ts';
import { openTransport, proxyOf, type Reach, reachOf, transportSpec } from '../reach/transport-spec.ts';
import { proxyVariables } from '../wire/proxy.ts';
import { bearerToken } from '../library/token.ts';
import { liveLine, waitingParts } from './live-line.ts';
import { isObeyed, output } from './output.ts';
import { PacedOutput } from './paced-output.ts';
import { columnsOf, paintFor } from './terminal.ts';
import { unusedProxy } from '../reach/unused-proxy.ts';
import { packageVersion } from '../library/version.ts';

const TICK_MS = 10;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long output that is on its way to stdout may take after an interrupt. */
const GRACE_MS = 500;
/**
 * Causes of a listening that has not failed: we left, the server said stop (204), or the stream was over and no
 * reconnection was asked for.
 */
const AS_ASKED = new Set<Cause>(['closed-by-us', 'server-stop', 'eof-clean']);
const NOTES = {
  'retry-clamped': 'the server sent a reconnection time out of range; the nearest limit is used (100 ms or 1 h)',
  'id-unsendable': 'the last event id contains characters that a header cannot carry, so it is not sent',
} as const;

/** @returns the exit code; @throws {UsageError} */
export async function listenCommand(urlText: string, plan: ListenPlan): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    interrupt.abort();
    // The reader of our stdout may have stopped, and a name server may not answer: neither may keep us from ending.
    setTimeout(() => process.exit(EXIT.listen.interrupted), GRACE_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const cause = await listen(await preparation(urlArgument(urlText), plan, interrupt.signal), plan, interrupt.signal);
    if (interrupt.signal.aborted) return EXIT.listen.interrupted;
    return AS_ASKED.has(cause) ? EXIT.listen.ended : EXIT.listen.failed;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

type Preparation = Pick<EventSourceContext, 'transport' | 'hops'> &
  Pick<ListenerOptions, 'asked' | 'host'> & { url: URL };

/** How the stream is reached, and what it is asked. @throws {UsageError} */
async function preparation(url: URL, plan: ListenPlan, interrupted: AbortSignal): Promise<Preparation> {
  const bearer = bearerToken(plan, process.env);
  const environment = proxyVariables(process.env);
  const unused = unusedProxy({ ...plan, urls: [url.href] }, environment);
  if (unused !== null) note(unused, plan);
  const reach = await reachOf({ ...plan, streamsPerConnection: 1 }, environment);
  const host = hostOf(url);
  const isDirect = proxyOf(url, reach) === null;
  await untilListened(url, { plan, reach, interrupted });
  const transport = await openTransport(await transportSpec(url, host, reach, interrupted));
  // Where the first request goes, for what redirects may do; looked up again for each attempt, as a browser does.
  const address = isDirect && isIP(host) === 0 ? await addressOf(host) : host;
  const authorization: Header[] = bearer === null ? [] : [['Authorization', `Bearer ${bearer}`]];
  return {
    transport,
    hops: hopsFor({ start: firstHop(url, plan.method, address), transport, reach }),
    asked: {
      headers: [...userInfoHeaders(url), ...authorization, ...plan.headers],
      version: packageVersion(),
      ...(plan.body === null ? {} : { body: plan.body }),
    },
    host,
    url,
  };
}

/** Waits for a server that does not accept connections yet. @throws {UnreachableError} when the time is over */
async function untilListened(
  url: URL,
  { plan, reach, interrupted }: { plan: ListenPlan; reach: Reach; interrupted: AbortSignal },
): Promise<void> {
  if (plan.waitMs === 0) return;
  const line = liveLine(plan);
  const unaccepted = await untilAccepted([firstPlace(url, proxyOf(url, reach))], {
    waitMs: plan.waitMs,
    signal: interrupted,
    onWaiting: (text) => (line.isShown ? line.show(waitingParts(text, plan.waitMs)) : note(text, plan)),
  });
  line.close();
  if (unaccepted === null) return;
  const { cause, detail, place } = unaccepted;
  throw new UnreachableError(`${named(place)} cannot be reached: ${detail}`, {
    hint: adviceOnCause(cause, { detail }),
  });
}

/** @returns how it ended; @throws {UsageError} for a header that the transport does not send */
async function listen(
  { transport, hops, asked, host, url }: Preparation,
  plan: ListenPlan,
  interrupted: AbortSignal,
): Promise<Cause> {
  const nowMs = systemClock.nowMs();
  const endMs = plan.durationMs === null ? Number.POSITIVE_INFINITY : nowMs + plan.durationMs;
  const wheel = new Wheel(nowMs);
  const said = new Set<string>();
  const garbage = new GarbageWatch();
  let finish: ((cause: Cause) => void) | undefined;
  const ended = new Promise<Cause>((resolve) => {
    finish = resolve;
  });
  const secrets = secretsOf({ ...asked, url });
  const notes = plan.jsonl || plan.quiet ? null : new RefusalNoting(secrets);
  const printing = new PacedOutput(output.stream, await shapeOf(plan), () => listener.resume());
  const listener: Listener = new Listener(
    {
      transport,
      hops,
      wheel,
      clock: systemClock,
      connectTimeoutMs: plan.connectTimeoutMs,
      headersTimeoutMs: plan.headersTimeoutMs,
      ...(notes === null ? {} : { refusedAnswers: notes }),
      nowMs,
    },
    {
      asked,
      host,
      ...plan,
      lastEventId: plan.lastEventId ?? '',
      limits: { maxLineBytes: plan.maxLineBytes, maxEventBytes: plan.maxEventBytes },
      listening: {
        read: (bytes) => garbage.read(bytes),
        tell: (record) =>
          printing.print({ record: withoutSecretsIn(record, secrets), notes: notes?.notesOn(record) ?? NO_NOTES }),
        adjusted(adjustment) {
          if (!said.has(adjustment)) note(NOTES[adjustment], plan);
          said.add(adjustment);
        },
        ended: (cause) => finish?.(cause),
      },
    },
  );
  const leave = (): void => listener.hangUp();
  if (interrupted.aborted) return 'closed-by-us';
  interrupted.addEventListener('abort', leave);
  // `… | head`: nobody reads on.
  output.stream.on('error', leave);
  // One timer for all deadlines; and Node's own cannot wait for as long as a user may ask (2^31 ms).
  const ticking = setInterval(() => {
    const tickMs = systemClock.nowMs();
    if (tickMs >= endMs) leave();
    else wheel.advance(tickMs);
  }, TICK_MS);
  try {
    listener.connect();
    return await ended;
  } finally {
    clearInterval(ticking);
    output.stream.off('error', leave);
  }
}

/** What a server is quoted with, without the secrets of the request that it repeats; its events are what it says. */
function withoutSecretsIn(record: ListenRecord, secrets: readonly string[]): ListenRecord {
  if (record.kind === 'error') return { ...record, message: redactedTexts(record.message, secrets) };
  if (record.kind === 'open') return { ...record, contentType: redactedTexts(record.contentType, secrets) };
  return record;
}

/** Writes a note to stderr, which is no part of the result. */
function note(text: string, { quiet }: ListenPlan): void {
  if (!quiet) process.stderr.write(`sse-probe: ${text}\n`);
}

interface Told {
  record: ListenRecord;
  notes: RefusalNotes;
}

/** What is printed of a record. */
async function shapeOf({ jsonl, quiet, noColor }: ListenPlan): Promise<(told: Told) => Iterable<string>> {
  if (jsonl) return ({ record }) => listenJson(record);
  const { stdout } = process;
  const paint = await paintFor(stdout, noColor);
  // Asked for each record, since a terminal changes its size.
  const shape = ({ record, notes }: Told): Iterable<string> =>
    listenText(record, { paint, columns: columnsOf(stdout), quiet }, notes);
  return isObeyed ? (told) => withoutCommands(shape(told)) : shape;
}

/** The name itself where nobody knows its address. */
async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch {
    // Each attempt finds that out for itself, and says it as `dns`.
    return host;
  }
}

/**
 * What is left of the clients of a run when all have left, by the server's own count: held against its count before the
 * run, since a server may have other users, and only where it had the time to notice.
 */
import { counted, formatBytes, formatCount } from '../core/units.ts';
import { leftClients, type LeftClients } from '../memory/client-count.ts';
import { wasGarbage } from '../memory/kept-of-clients.ts';
import { lookedTooSoon } from '../memory/server-memory.ts';
import type { RunRecord, WaveOfMemory } from '../record/run-record.ts';
import type { Gap, Unasked } from './finding.ts';

/** A server that sees only by writing to it that a client is gone writes twice: the first write still succeeds. */
const WRITES_TO_NOTICE = 2;

/** Null where the count is not known, or the server could not know yet. */
export function clientsLeft(run: RunRecord): LeftClients | null {
  const clients = leftClients(run.server);
  if (clients === null || lookedTooSoon(run.server)) return null;
  return clients.left > 0 && noticedLater(run) !== null ? null : clients;
}

export function cleanUpJudgedBy(run: RunRecord): string | null {
  if (run.waveOfMemory !== null) return memoryJudgedBy(run.waveOfMemory);
  const clients = clientsLeft(run);
  if (clients === null || isDoubtful(clients)) return null;
  const others = clients.before > 0 ? `, ${formatCount(clients.before)} counted before the run` : '';
  return `${formatCount(clients.left)} left${others}`;
}

/** Where the server had other clients before, a few more may be theirs. */
export function isDoubtful({ left, mayBeOthers }: LeftClients): boolean {
  return left > 0 && left <= mayBeOthers;
}

export function cleanUpGap(run: RunRecord): Gap | null {
  const { server, summary, waveOfMemory } = run;
  if (waveOfMemory !== null) return memoryGap(waveOfMemory);
  if (server.down !== null || server.stop !== null || summary.total('connected') === 0) return null;
  const { clientCount, settled } = server;
  if (clientCount === null && server.source === 'none') return null;
  const evidence = { clientsAfter: settled?.clients ?? null };
  if (clientCount !== null && clientCount.uncounted !== null) {
    const { why, hint } = clientCount.uncounted;
    return { what: `the client count of the server: ${why}`, evidence, hint };
  }
  if (settled === null || lookedTooSoon(server)) {
    // Nobody asked for a server that we found ourselves, and a process does not tell how many clients it has.
    if (settled !== null && clientCount === null && server.process?.listensOn != null) return null;
    return {
      what: 'what the server holds after all clients disconnect',
      evidence,
      hint: 'Do not interrupt the run, and use a --settle of a few seconds.',
    };
  }
  return countGap(run);
}

/** What a count that was read cannot tell. */
function countGap(run: RunRecord): Gap | null {
  const clients = leftClients(run.server);
  if (clients === null || clients.left === 0) return null;
  const { left, before, after } = clients;
  const untilMs = noticedLater(run);
  if (untilMs !== null) {
    return {
      what: `whether the server removes clients: it still counts ${formatCount(left)}, but a server that notices at a write could not know yet`,
      evidence: { clientsAfter: after, clientsBefore: before },
      hint: `Watch it for longer than twice its longest silence: --settle ${Math.ceil(untilMs / 1000)}s.`,
    };
  }
  if (!isDoubtful(clients)) return null;
  return {
    what: `whether the ${counted(left, 'client')} that the server counts above the ${formatCount(before)} before the run belong to this run`,
    evidence: { clientsAfter: after, clientsBefore: before },
    hint: 'Run while the server has no other users, or with more clients.',
  };
}

/** Whether what the server kept of clients is a leak, by a second wave of them. */
function memoryJudgedBy({ run, wave, rises }: WaveOfMemory): string | null {
  if (rises) return 'by its memory in a second wave';
  if (!wasGarbage(run, wave)) return null;
  return `by a second wave of ${formatCount(wave.streams)} clients, after which ${formatBytes(Math.max(0, wave.bytes))} remained`;
}

function memoryGap({ run, wave, rises }: WaveOfMemory): Gap | null {
  if (rises || wasGarbage(run, wave)) return null;
  return {
    what: `whether the server removes clients: it held ${formatBytes(run.bytes)} more after ${formatCount(run.streams)} streams, and another ${formatBytes(wave.bytes)} after ${formatCount(wave.streams)}, which may be garbage`,
    evidence: { retainedBytes: run.bytes, secondWave: { ...wave } },
    hint: 'Give the URL of its client count (--server-clients URL#/pointer), or connect and disconnect more clients: --churn 100/s --duration 2m.',
  };
}

export function cleanUpUnasked({ server, target }: RunRecord): Unasked {
  if (server.stop !== null) return { what: 'the server was stopped before', hint: 'Run without the sigterm incident.' };
  const where = new URL(target.url).origin;
  return {
    what: 'the client count of the server is not known',
    hint: `Give the URL of its client count, with a JSON pointer or a Prometheus series: --server-clients ${where}/stats#/clients. Its memory shows leaked clients, too: ${server.source === 'none' ? 'give its process with --server-pid PID and run' : 'run'} for some minutes.`,
  };
}

/** How long the server has to be watched before it can be held to its count; null where it was watched for so long. */
function noticedLater({ server, summary, target }: RunRecord): number | null {
  const { end, samples, settled } = server;
  const leftMs = (end ?? samples.at(-1))?.tMs ?? null;
  const { silence } = summary.times;
  // Our own server sees a connection close.
  if (target.embedded || settled === null || leftMs === null || silence.count === 0) return null;
  const neededMs = WRITES_TO_NOTICE * silence.percentile(100);
  return settled.tMs - leftMs < neededMs ? neededMs : null;
}

/** To stand behind "The server still counts". */
export function leftText({ left, before }: LeftClients): string {
  const clients = counted(left, 'client');
  return before === 0 ? clients : `${clients} above the ${formatCount(before)} before the run`;
}

/** Rounds through the clients of a load process, of which each is judged for its heartbeats. */
import type { Subscription } from '../../client/subscription.ts';
import { lastFlow } from '../../measure/heartbeat.ts';
import type { Recorder } from './recorder.ts';

/** Once a second: who has been without a heartbeat for too long. */
export function sweepHeartbeats(recorder: Recorder, nowMs: number): void {
  if (recorder.incident !== null) return;
  const judged = listening(recorder);
  const flowingMs = lastFlow(judged);
  for (const client of judged) recorder.heartbeat.sweep(client, nowMs, recorder.summary, flowingMs);
}

/** At the end: whose heartbeats have stopped. Answers, and messages within sessions, have no rhythm of a feed. */
export function closeHeartbeats(recorder: Recorder, nowMs: number): void {
  if (recorder.profile !== null) return;
  for (const client of listening(recorder)) recorder.heartbeat.close(client, nowMs, recorder.summary);
}

function listening({ clients }: Recorder): Subscription[] {
  return clients.filter(
    ({ behaviour, state, completed }) => behaviour.kind === 'healthy' && state === 'open' && !completed,
  );
}

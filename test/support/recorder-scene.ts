/** A recorder that hears one server by clients that a test moves, on clocks that stand still. */
import { DEFAULT_POINTERS } from '../../src/accounts/stamp-pointers.ts';
import { ClockWatch } from '../../src/measure/clock-watch.ts';
import { HeartbeatJudge } from '../../src/measure/heartbeat.ts';
import type { Summary } from '../../src/record/summary.ts';
import { Recorder } from '../../src/soak/load/recorder.ts';
import type { RecorderOptions } from '../../src/soak/load/recorder-options.ts';
import { ClientRig } from './client-rig.ts';
import { type Answer, ScriptedServer } from './scripted-server.ts';

export interface RecorderScene {
  server: ScriptedServer;
  rig: ClientRig;
  recorder: Recorder;
  summary: Summary;
}

interface Asked extends Partial<RecorderOptions> {
  /** The longest silence allowed; null where none is judged. */
  silenceMs?: number | null;
}

function still(): number {
  return 0;
}

/** Adds to `closing` what closes it. */
export async function recorderScene(
  answers: Answer[],
  closing: (() => unknown)[],
  { silenceMs = null, ...options }: Asked = {},
): Promise<RecorderScene> {
  const server = await ScriptedServer.start(...answers);
  closing.push(() => server.close());
  const recorder = new Recorder(new HeartbeatJudge(null, silenceMs, still), new ClockWatch(still, still), {
    processes: 1,
    codingAsked: false,
    seqTrusted: false,
    pointers: DEFAULT_POINTERS,
    ...options,
  });
  const rig = new ClientRig(server.port, { observer: recorder });
  closing.push(() => rig.close());
  return { server, rig, recorder, summary: recorder.summary };
}

import { counted, formatBytes, formatCount } from '../../core/units.ts';
import { inUseBytes, lookedTooSoon } from '../../memory/server-memory.ts';
import type { Detected } from '../../findings/finding.ts';
import type { WaveOfMemory } from '../../record/run-record.ts';
import type { Detector } from '../finding.ts';

/** Room for what a runtime keeps after its first load: compiled code, grown tables, pools. */
const ALLOWED_BYTES = 16 * 1024 * 1024;
const ALLOWED_BYTES_PER_CLIENT = 1024;

/**
 * Memory in use after the clients left, a garbage collection before each look. Resident memory is not judged by that:
 * runtimes give it back late or never, and a sound server would be accused. It is by a second wave of clients.
 */
export const memoryRetained: Detector = {
  id: 'memory-retained',
  detect(run) {
    const { server, summary, waveOfMemory } = run;
    if (waveOfMemory !== null) return waveOfMemory.rises ? keptOfClients(waveOfMemory) : null;
    const { baseline, settled } = server;
    const before = inUseBytes(baseline);
    const after = inUseBytes(settled);
    if (before === null || after === null || lookedTooSoon(server)) return null;
    const clients = summary.total('connected') + summary.total('reconnects');
    const allowedBytes = ALLOWED_BYTES + clients * ALLOWED_BYTES_PER_CLIENT;
    const retainedBytes = after - before;
    if (retainedBytes <= allowedBytes) return null;
    return {
      title: `The server holds ${formatBytes(retainedBytes)} more than before the run, after the clients of all ${counted(clients, 'stream')} have disconnected.`,
      evidence: { retainedBytes, allowedBytes, baselineBytes: before, settledBytes: after, streams: clients },
    };
  },
};

function keptOfClients({ run, wave }: WaveOfMemory): Detected {
  return {
    title: `The server held ${formatBytes(run.bytes)} more after the clients of this run disconnected, and another ${formatBytes(wave.bytes)} after a second wave of ${formatCount(wave.streams)}: about ${formatBytes(wave.bytes / wave.streams)} per client that disconnects.`,
    evidence: { retainedBytes: run.bytes, streams: run.streams, secondWave: { ...wave } },
  };
}

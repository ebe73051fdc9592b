/** What a run shows of the software of its server, for advice that depends on it (findings/server-marks.ts). */
import { programMarks } from '../findings/server-marks.ts';
import type { RunRecord } from '../record/run-record.ts';

export function marksOf({ summary, server }: Pick<RunRecord, 'summary' | 'server'>): string {
  const program = server.process === null ? [] : [programMarks(server.process.name)];
  return [...summary.serverMarks.keys(), ...program].join('\n');
}

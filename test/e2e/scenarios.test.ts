import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, runProgram } from '../support/program.ts';
import { failures, readReport } from '../support/soak-report.ts';
import { undisturbed } from '../support/undisturbed.ts';

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-scenarios-'));
afterAll(() => rm(folder, { recursive: true }));
const scenarios = join(root, 'scenarios');

describe('the scenarios that come with sse-probe', { tags: ['long'] }, () => {
  it.each(readdirSync(scenarios))(
    'the scenarios that come with sse-probe %s passes against the sound server, with every stalled client judged',
    async (name) => {
      const { code, report } = await undisturbed(['soak', join(scenarios, name), '--json'], { cwd: folder });
      expect([code, report.verdict, failures(report)], JSON.stringify(report.findings)).toEqual([0, 'pass', []]);
      expect(report.thresholds.filter(({ status }) => status !== 'pass')).toEqual([]);
      expect(report.eviction).toMatchObject({
        missed: 0,
        notMeasured: 0,
        evicted: report.clients.byKind['stalled']?.['planned'],
      });
      expect(report.clients).toMatchObject({ dropped: 0, refused: 0 });
      expect(report.server.clientsAfter).toBe(0);
    },
    240_000,
  );

  it('the scenarios that come with sse-probe quick.yaml fails on the naive server, with the reasons', async () => {
    const file = join(folder, 'naive.json');
    const { code, stdout } = await runProgram([
      'soak',
      join(scenarios, 'quick.yaml'),
      '--clients',
      '500',
      '--settle',
      '2s',
      '--fault',
      'naive',
      '--report',
      `json=${file}`,
    ]);
    const report = readReport(file);
    expect([code, report.verdict]).toEqual([1, 'fail']);
    expect(failures(report)).toEqual(expect.arrayContaining(['client-leak', 'heartbeat-missing', 'stale-client-kept']));
    for (const id of failures(report)) expect(stdout).toContain(id);
  }, 120_000);
});

import { expect, it } from 'vitest';
import { soakOptions } from '../../src/options/soak-options.ts';
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import { compared, keptReport, later, type ReportChange } from '../support/kept-report.ts';

const sound: ReportChange = () => {};

function finding(severity: SoakReport['findings'][number]['severity']): ReportChange {
  return (report) => {
    report.findings = [{ id: 'event-lost', severity, title: 'Events were lost.', evidence: {}, hint: '' }];
    if (severity === 'fail') report.verdict = 'fail';
    if (severity === 'inconclusive') report.verdict = 'inconclusive';
  };
}

function threshold(status: 'pass' | 'fail' | 'no-data'): ReportChange {
  return (report) => {
    const actual = status === 'no-data' ? null : 20;
    report.thresholds = [{ expression: 'latency.p99<25ms', actual, unit: 'ms', status }];
  };
}

function planned(plan: object): ReportChange {
  return (report) => {
    Object.assign(report.plan, plan);
  };
}

function verdict(given: SoakReport['verdict']): ReportChange {
  return (report) => {
    report.verdict = given;
  };
}

it.each<[what: string, base: ReportChange, next: ReportChange, exitCode: number]>([
  ['two sound runs', sound, sound, 0],
  ['a slower run', sound, (report) => later(report, 20), 1],
  ['a faster run', (report) => later(report, 20), sound, 0],
  ['a finding that came and fails', sound, finding('fail'), 1],
  ['a finding that went', finding('fail'), sound, 0],
  ['a finding that stayed', finding('fail'), finding('fail'), 0],
  ['a finding that fails and only warned', finding('warn'), finding('fail'), 1],
  ['a finding that warns and failed', finding('fail'), finding('warn'), 0],
  ['a finding that came and warns', sound, finding('warn'), 0],
  ['a threshold that broke', threshold('pass'), threshold('fail'), 1],
  ['a threshold that lost its data', threshold('pass'), threshold('no-data'), 1],
  ['a threshold that holds again', threshold('fail'), threshold('pass'), 0],
  ['a threshold that is broken as before', threshold('fail'), threshold('no-data'), 0],
  ['a run that fails where the base passed, for whatever reason', sound, verdict('fail'), 1],
  ['an interrupted base', verdict('interrupted'), sound, 3],
  ['an interrupted run', sound, verdict('interrupted'), 3],
  ['an inconclusive base', verdict('inconclusive'), finding('fail'), 3],
  ['more clients', sound, planned({ clients: 2000 }), 3],
  ['another mix', sound, planned({ mix: { healthy: 1 } }), 3],
  ['another rate of the built-in server', sound, planned({ serverArgs: ['--rate=10/s'] }), 3],
  ['another flag of the built-in server', sound, planned({ serverArgs: ['--max-queue=1MiB'] }), 0],
  ['another seed, longer, with other reports', sound, planned({ seed: 9, durationMs: 60_000, reports: [] }), 0],
  ['another bound to be held to', sound, planned({ evictWithinMs: 5000 }), 0],
])('compare of %s ends with the exit code of the contract', (_what, base, next, exitCode) => {
  const comparison = compared(keptReport(base, 1), keptReport(next, 2));
  expect([comparison.exitCode, comparison.verdict]).toEqual([
    exitCode,
    { 0: 'pass', 1: 'fail', 3: 'inconclusive' }[exitCode],
  ]);
});

it('--force judges what cannot be compared, and says so', () => {
  const next = keptReport((report) => {
    planned({ clients: 2000 })(report);
    later(report, 20);
  }, 2);
  const { verdict, forced, doubts } = compared(keptReport(), next, { force: true });
  expect([verdict, forced, doubts.length]).toEqual(['fail', true, 1]);
});

it('what differs is told, the load first', () => {
  const base = keptReport();
  const next = keptReport((report) => {
    planned({ clients: 2000, evictWithinMs: 5000, faults: ['naive'] })(report);
    report.environment.cpus = 64;
    report.version = '9.9.9';
    report.target = { ...report.target, embedded: false, url: 'http://other/' };
  }, 2);
  const { differences } = compared(base, next);
  expect(differences.map(({ kind, what, base: was, new: is }) => `${kind} ${what} ${was} ${is}`)).toEqual([
    'load clients 1000 2000',
    'judging evict-within none 5s',
    'context fault none naive',
    'context target the built-in server http://other/',
    `context version ${base.version} 9.9.9`,
    `context processors ${base.environment.cpus} 64`,
  ]);
});

it('a difference is told of every option that is no output', () => {
  const OTHER = 12_345;
  for (const [key, row] of Object.entries(soakOptions)) {
    const { differences } = compared(keptReport(planned({ [key]: null })), keptReport(planned({ [key]: OTHER }), 2));
    const isTold = row.group !== 'Output' && key !== 'urls';
    expect([row.flag, differences.map(({ what }) => what).join()]).toEqual([row.flag, isTold ? row.flag : '']);
  }
});

it('what is worse stands first, and of it the worst', () => {
  const { metrics } = compared(
    keptReport(),
    keptReport((report) => {
      later(report, 20);
      report.events.lost = 7;
    }, 2),
  );
  const worse = metrics.filter(({ judgement }) => judgement === 'worse').map(({ metric }) => metric);
  expect(metrics.slice(0, worse.length).map(({ metric }) => metric)).toEqual(worse);
  expect(worse[0]).toBe('events.lost');
});

import { expect, it } from 'vitest';
import { loadProbePlan } from '../../../src/options/probe-options.ts';
import { probeReportTarget, reportTarget } from '../../../src/options/values/report-target.ts';

it('a report is its format and its file, which may have another =', () => {
  expect(reportTarget.read('junit=a=b.xml')).toEqual({ format: 'junit', file: 'a=b.xml' });
  expect(reportTarget.read('markdown=-')).toEqual({ format: 'markdown', file: '-' });
  expect(probeReportTarget.read('nagios=/tmp/a')).toEqual({ format: 'nagios', file: '/tmp/a' });
});

it.each([
  ['soak', 'report.xml', '"report.xml" is not FORMAT=FILE, such as json=soak.json'],
  ['soak', 'junit=', '"junit=" has no file name; write junit=soak.xml, or junit=- for stdout'],
  ['soak', 'github=', '"github=" has no file name; write github=soak.md, or github=- for stdout'],
  ['soak', 'jnit=a', '"jnit" is not known; did you mean "junit"?'],
  ['probe', 'junit=', '"junit=" has no file name; write junit=probe.xml'],
  ['probe', 'csv=a', '"csv" is none of json, junit, markdown, github, prometheus, nagios'],
])('a report of %s that is written %j is refused with what would be right', (command, given, said) => {
  const kind = command === 'soak' ? reportTarget : probeReportTarget;
  expect(() => kind.read(given)).toThrow(said);
});

it.each([
  [{ report: ['json=-'] }, '--report: stdout is for the output of --format'],
  [{ report: ['json=a', 'junit=a'] }, '--report: two reports have the same target: the same file'],
  [
    { report: ['json=a'], serve: ':9099', 'allow-target': ['http://h.example/'] },
    '--report: an exporter writes no report files',
  ],
])('reports of a probe that cannot be written together are refused: %j', (flags, said) => {
  expect(() => loadProbePlan({ flags })).toThrow(said);
});

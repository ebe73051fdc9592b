/** A soak in which a server, or a process that is not ours, has put the same text wherever it can. */
import { soakReport } from '../../src/report/soak/json.ts';
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import type { SoakResult } from '../../src/report/soak/soak-result.ts';
import { FOUND, soakResult, soundRecord } from './run-record.ts';

export function hostileRun(text: string): SoakResult {
  const record = soundRecord((one) => {
    one.target.url = `http://h.example/?q=${text}`;
    one.server.process = { ...FOUND, name: text };
    one.server.source = 'pid';
    one.summary.refusalsByCause.set(`http-protocol: ${text}`, 3);
    one.summary.kind('healthy').refused = 3;
  });
  const result = soakResult(record);
  const [finding] = result.verdict.findings;
  if (finding === undefined) throw new Error('this run has findings');
  const told = { ...finding, title: text, hint: text, evidence: { text, [text]: { deep: [text] } } };
  return { ...result, verdict: { ...result.verdict, findings: [...result.verdict.findings, told] } };
}

/** Its report, and in it what a person may have typed, or have kept in a file that others can write. */
export function hostileReport(text: string): SoakReport {
  const report = soakReport(hostileRun(text));
  return {
    ...report,
    version: text,
    degraded: text,
    target: { ...report.target, embedded: false },
    plan: { ...report.plan, urls: [`http://h.example/?q=${text}`] },
    questions: [...report.questions, { id: 'order', judgedBy: text, notJudged: [text], closes: [text] }],
    thresholds: [{ expression: `latency.p99<${text}`, actual: null, unit: 'ms', status: 'no-data' }],
    findings: report.findings.map((finding) => ({ ...finding, severity: 'fail', title: text, hint: text })),
  };
}

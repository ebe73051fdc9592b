/** A soak's report in which others have put their texts wherever a text stands, names included. */
import type { SoakReport } from '../../src/report/soak/soak-report.ts';
import { HOSTILE_TEXTS } from './hostile-result.ts';

/** By their names, since a plan is made of what the program has read, and is no text of others there. */
const OURS = new Set(['plan', 'hdr']);

/** @param first which of the hostile texts comes first; each text of the report gets the one behind it */
export function hostileReport(report: SoakReport, first: number): SoakReport {
  let next = first;
  const text = (): string => HOSTILE_TEXTS[next++ % HOSTILE_TEXTS.length] as string;
  const spoil = (value: unknown): unknown => {
    if (typeof value === 'string') return text();
    if (Array.isArray(value)) return value.map(spoil);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, OURS.has(name) ? inner : spoil(inner)]),
    );
  };
  const spoiled = spoil(report) as SoakReport;
  const causes = Object.fromEntries(HOSTILE_TEXTS.map((cause, at) => [cause, at + 1]));
  return {
    ...spoiled,
    verdict: report.verdict,
    plan: { ...report.plan, urls: HOSTILE_TEXTS, headers: HOSTILE_TEXTS.map((value) => [value, value]) } as never,
    clients: { ...spoiled.clients, dropsByCause: causes, refusalsByCause: causes, ends: causes },
    findings: HOSTILE_TEXTS.map((title, at) => ({
      ...(report.findings[0] ?? { id: 'event-lost', severity: 'fail' }),
      title,
      hint: text(),
      evidence: { [title]: title, list: [title], at },
    })),
  };
}

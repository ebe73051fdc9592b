/**
 * The formats of a soak's report, by the names that `--report` takes. Each is a function of the JSON report and of
 * nothing else, so that none of them can say what another does not, none has a secret that the JSON report has not, and
 * each can be made again from a JSON file that was kept. A format is loaded when it is asked for.
 */
import type { ReportFormat } from '../../options/values/report-target.ts';
import { jsonText } from '../json-text.ts';
import type { SoakReport } from './soak-report.ts';

export type SoakFormat = (report: SoakReport) => string | Promise<string>;

export const SOAK_FORMATS: Readonly<Record<ReportFormat, SoakFormat>> = {
  json: (report) => `${jsonText(report, null, 2)}\n`,
  html: async (report) => (await import('./html/page.ts')).soakHtml(report),
  junit: async (report) => (await import('./junit.ts')).soakJunit(report),
  markdown: async (report) => (await import('./markdown.ts')).soakMarkdown(report),
  github: async (report) => (await import('./github.ts')).soakGithub(report),
  csv: async (report) => (await import('./csv.ts')).soakCsv(report),
};

/** What a format has to say on stderr beside its report, for the CI system that reads the output of the program. */
export const SOAK_ASIDES: Readonly<Partial<Record<ReportFormat, SoakFormat>>> = {
  github: async (report) => (await import('./github.ts')).soakAnnotations(report),
};

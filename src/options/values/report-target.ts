/** Where a report is written, and in which format. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { oneOf } from './words.ts';

/** The formats of a soak's report. How each is written is a line of report/soak/formats.ts. */
export const REPORT_FORMATS = ['json', 'html', 'junit', 'markdown', 'github', 'csv'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The formats of a probe's report. How each is written is a line of report/probe/formats.ts. */
export const PROBE_REPORT_FORMATS = ['json', 'junit', 'markdown', 'github', 'prometheus', 'nagios'] as const;

export type ProbeReportFormat = (typeof PROBE_REPORT_FORMATS)[number];

export interface ReportTarget<Format extends string = ReportFormat> {
  readonly format: Format;
  /** A path, or `-` for stdout. */
  readonly file: string;
}

/** What files of a format usually end with, where that is not its name. */
const ENDINGS: Readonly<Record<string, string>> = {
  junit: 'xml',
  markdown: 'md',
  github: 'md',
  prometheus: 'prom',
  nagios: 'txt',
};

/** `json=FILE`. @param command whose reports they are. @param takesStdout `json=-` is one of them */
function targetOf<const Format extends string>(
  formats: readonly Format[],
  command: string,
  takesStdout: boolean,
): Kind<ReportTarget<Format>> {
  const word = oneOf('format', formats);
  return scalar({
    placeholder: 'format=file',
    schema: { type: 'string', pattern: `^(${formats.join('|')})=.+` },
    show: ({ format, file }) => `${format}=${file}`,
    parse(given): ReportTarget<Format> {
      const equals = given.indexOf('=');
      if (equals === -1) throw new ValueError(`${quote(given)} is not FORMAT=FILE, such as json=${command}.json`);
      const format = word.read(given.slice(0, equals));
      const file = given.slice(equals + 1);
      if (file === '' || file.includes('\0')) {
        const stdout = takesStdout ? `, or ${format}=- for stdout` : '';
        throw new ValueError(
          `${quote(given)} has no file name; write ${format}=${command}.${ENDINGS[format] ?? format}${stdout}`,
        );
      }
      return { format, file };
    },
  });
}

export const reportTarget: Kind<ReportTarget> = targetOf(REPORT_FORMATS, 'soak', true);

export const probeReportTarget: Kind<ReportTarget<ProbeReportFormat>> = targetOf(PROBE_REPORT_FORMATS, 'probe', false);

/** The place in a list of reports of the first one that would be written where another is; null where there is none. */
export function twiceWritten(reports: readonly ReportTarget<string>[], isStdoutTaken: boolean): number | null {
  const files = [...(isStdoutTaken ? ['-'] : []), ...reports.map(({ file }) => file)];
  const twice = files.findIndex((file, index) => files.indexOf(file) < index);
  return twice === -1 ? null : twice - (isStdoutTaken ? 1 : 0);
}

/** Where a report is written, and in which format. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';
import { oneOf } from './words.ts';

/** The formats of a soak's report. How each is written is a line of report/soak/formats.ts. */
export const REPORT_FORMATS = ['json', 'csv', 'html'] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportTarget {
  readonly format: ReportFormat;
  /** A path, or `-` for stdout. */
  readonly file: string;
}

const reportFormat = oneOf('format', REPORT_FORMATS);

/** `json=FILE` */
export const reportTarget: Kind<ReportTarget> = scalar({
  placeholder: 'format=file',
  schema: { type: 'string', pattern: `^(${REPORT_FORMATS.join('|')})=.+` },
  show: ({ format, file }) => `${format}=${file}`,
  parse(given): ReportTarget {
    const equals = given.indexOf('=');
    if (equals === -1) throw new ValueError(`${quote(given)} is not FORMAT=FILE, such as json=soak.json`);
    const format = reportFormat.read(given.slice(0, equals));
    const file = given.slice(equals + 1);
    if (file === '' || file.includes('\0'))
      throw new ValueError(
        `${quote(given)} has no file name; write ${format}=soak.${format}, or ${format}=- for stdout`,
      );
    return { format, file };
  },
});

/** Where a report is written. */
import { quote } from '../../core/printable.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export interface ReportTarget {
  readonly format: 'json';
  /** A path, or `-` for stdout. */
  readonly file: string;
}

/** `json=FILE` */
export const reportTarget: Kind<ReportTarget> = scalar({
  placeholder: 'format=file',
  schema: { type: 'string', pattern: '^json=.+' },
  show: ({ format, file }) => `${format}=${file}`,
  parse(given): ReportTarget {
    const equals = given.indexOf('=');
    if (equals === -1) throw new ValueError(`${quote(given)} is not FORMAT=FILE, such as json=soak.json`);
    const format = given.slice(0, equals);
    if (format !== 'json')
      throw new ValueError(`${quote(format)} is no format of a report; json is the only one, such as json=soak.json`);
    const file = given.slice(equals + 1);
    if (file === '' || file.includes('\0'))
      throw new ValueError(`${quote(given)} names no file; write json=soak.json, or json=- for stdout`);
    return { format, file };
  },
});

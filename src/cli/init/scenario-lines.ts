/** Lines of a scenario: prose, keys, and keys that are switched off. */
import { stringify } from 'yaml';
import { type OptionRow, shownDefault } from '../../options/option.ts';
import { withoutVariables } from '../../options/variables.ts';
import { wrapWords } from '../../report/columns.ts';

export const COLUMNS = 98;

/** What the option table says of a key. */
export function said(row: OptionRow, more = ''): string[] {
  const shown = shownDefault(row);
  const without = shown === '' || shown === 'none' ? '' : ` (default: ${shown})`;
  return prose(`${sentence(row.help)}${without}.${more}`);
}

/** Its first letter as a sentence has it. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function prose(text: string): string[] {
  return wrapWords(text, COLUMNS).map((line) => `# ${line}`);
}

export function off(line: string): string {
  return `#${line}`;
}

export function keyed<Value>(
  row: Pick<OptionRow, 'flag'> & { readonly kind: { show(value: Value): unknown } },
  value: Value,
): string {
  return `${row.flag}: ${String(row.kind.show(value))}`;
}

export function scalar(text: string): string {
  return stringify(withoutVariables(text), { lineWidth: 0 }).trimEnd();
}

/**
 * A resolved plan → the scenario that gives it again: every option with a value, in the order of the table, with its
 * unit. What has none is left out, since leaving it out is how it is written. What the plan says of showing itself is
 * left out too, so that the scenario can be run.
 */
import { Document, Scalar } from 'yaml';
import type { OptionRow } from './option.ts';
import { type SoakPlan, soakOptions } from './soak-options.ts';
import type { Given, GivenItem } from './values/value-kind.ts';
import { withoutVariables } from './variables.ts';

const HEADING = '# The resolved plan of "sse-probe soak". Keys without a value are left out.';

/** @param plan without its secrets: everything in it is written */
export function planYaml(plan: SoakPlan): string {
  const scenario = Object.entries<OptionRow>(soakOptions).flatMap(([key, row]): [string, unknown][] => {
    const value: unknown = plan[key as keyof SoakPlan];
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    // A report that was kept has a plan without the options that came later.
    if (value === undefined) return [];
    // Null may be a value of its own, such as `auto`.
    if (key === 'dryRun' || (isEmpty && row.default === null) || (isEmpty && row.kind.repeats)) return [];
    return [[row.flag, inYaml(row.kind.show(value), row.kind.bare)]];
  });
  return `${HEADING}\n\n${scenario.map(([flag, value]) => plainEntry(flag, value) ?? quotedEntry(flag, value)).join('')}`;
}

/** What the writer of YAML leaves without quotes: a word, or a number with its unit. */
const PLAIN = /^(?:[a-z](?:[\w./<>=+%@-]|:(?=\w))*|\d+(?:\.\d+)?(?:(?:ms|[smhB]|[KMG]iB)(?:\/[smh])?|\/[smh]))$/i;
const NO_STRING = /^(?:true|false|null)$/i;

/** Nearly every value is plain, and the writer of YAML takes 10 ms for its first document. Null where it is needed. */
function plainEntry(flag: string, value: unknown): string | null {
  const [lines, values] = Array.isArray(value)
    ? [value.map((item) => `  - ${plainScalar(item)}\n`), value]
    : isShares(value)
      ? [
          Object.entries(value).map(([key, share]) => `  ${key}: ${plainScalar(share)}\n`),
          [...Object.keys(value), ...Object.values(value)],
        ]
      : [null, [value]];
  if (values.length === 0 || values.some((item) => plainScalar(item) === null)) return null;
  return lines === null ? `${flag}: ${plainScalar(value)}\n` : `${flag}:\n${lines.join('')}`;
}

/** What `inYaml` makes of a map. */
function isShares(value: unknown): value is Record<string, number> {
  return typeof value === 'object' && value !== null && !(value instanceof Scalar);
}

function plainScalar(value: unknown): string | null {
  if (typeof value === 'boolean' || (typeof value === 'number' && value < 1e9)) return String(value);
  return typeof value === 'string' && PLAIN.test(value) && !NO_STRING.test(value) ? value : null;
}

function quotedEntry(flag: string, value: unknown): string {
  const entry = new Document({ [flag]: value }, { aliasDuplicateObjects: false });
  // Folded lines are hard to copy.
  return entry.toString({ lineWidth: 0 });
}

function inYaml(given: Given, isBare: boolean): unknown {
  if (Array.isArray(given)) return given.map((item: GivenItem) => inYaml(item, isBare));
  if (given instanceof Map) return Object.fromEntries([...given].map(([key, text]) => [key, Number(text)]));
  const text = withoutVariables(given as string);
  // What stands without quotes: a number or a switch.
  if (isBare && /^(?:\d+|true|false)$/.test(text)) return JSON.parse(text);
  if (!/^null$/i.test(text)) return text;
  // Without quotes the reader takes all of these for no value, and the writer of YAML only some.
  const quoted = new Scalar(text);
  quoted.type = 'QUOTE_DOUBLE';
  return quoted;
}

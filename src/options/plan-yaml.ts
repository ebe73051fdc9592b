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

const HEADING = ' The resolved plan of "sse-probe soak". Keys without a value are left out.';

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
  const document = new Document(Object.fromEntries(scenario), { aliasDuplicateObjects: false });
  document.commentBefore = HEADING;
  // Folded lines are hard to copy.
  return document.toString({ lineWidth: 0 });
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

/**
 * What else differs between two runs than what the server did: the plan, the machine, the version. All of it is told. Where
 * the load was another one the figures say nothing of the server, and where a run was not brought to its end, or could not
 * judge itself, neither do they: such a comparison is inconclusive.
 */
import { isFields } from '../core/json.ts';
import { formatDuration } from '../core/units.ts';
import type { OptionRow } from '../options/option.ts';
import { soakOptions } from '../options/soak-options.ts';
import type { KeptRun } from './kept-run.ts';

export interface RunDifference {
  /** What differs, such as `clients` or `processors`. */
  what: string;
  /** What it was, as a text. */
  base: string;
  new: string;
  /** `load`: the figures are not comparable. `judging`: what the server was held to. `context`: told. */
  kind: 'load' | 'judging' | 'context';
}

/** Options of the group Target that are part of the load: how clients make their requests, and for what. */
const LOAD_KEYS: ReadonlySet<string> = new Set([
  'profile',
  'transport',
  'streamsPerConnection',
  'method',
  'body',
  'serverProcesses',
]);
/** It decides which client does what when, and not how much is asked; or it is told with more beside it. */
const NO_LOAD: ReadonlySet<string> = new Set(['seed', 'settleMs', 'allowDegraded', 'processes', 'durationMs']);
/** Flags of the built-in server that are the load and not the server. */
const LOAD_ARGS = /^--(?:rate|event-size)=/;
const MOST_CHARACTERS = 80;

/** In the order in which they are told: what makes the runs incomparable first. */
export function runDifferences(base: KeptRun, next: KeptRun): RunDifference[] {
  const found = [...planDifferences(base, next), ...contextDifferences(base, next)];
  const order: readonly RunDifference['kind'][] = ['load', 'judging', 'context'];
  return order.flatMap((kind) => found.filter((difference) => difference.kind === kind));
}

/** Why nothing can be concluded from these two runs, as sentences. */
export function doubtsAbout(base: KeptRun, next: KeptRun, differences: readonly RunDifference[]): string[] {
  const load = differences.filter(({ kind }) => kind === 'load').map(({ what }) => what);
  return [
    ...(load.length === 0 ? [] : [`The load differs (${load.join(', ')}), so the figures are not comparable.`]),
    ...doubtAbout('BASE', base),
    ...doubtAbout('NEW', next),
  ];
}

function doubtAbout(name: 'BASE' | 'NEW', { verdict, durationMs }: KeptRun): string[] {
  if (verdict === 'interrupted') return [`${name} was interrupted after ${formatDuration(durationMs)}.`];
  return verdict === 'inconclusive' ? [`${name} is itself inconclusive, so its figures are in doubt.`] : [];
}

function planDifferences(base: KeptRun, next: KeptRun): RunDifference[] {
  return Object.entries<OptionRow>(soakOptions).flatMap(([key, row]): RunDifference[] => {
    // The reports are about the run, and the URL of a built-in server has another port each time.
    if (row.group === 'Output' || key === 'urls') return [];
    const [before, after] = [base.plan[key], next.plan[key]];
    // A report of another version has not all of the options.
    if (before === undefined || after === undefined || isSame(before, after)) return [];
    return [
      { what: row.flag, base: shown(row, before), new: shown(row, after), kind: kindOf(key, row, before, after) },
    ];
  });
}

function kindOf(key: string, { group }: OptionRow, before: unknown, after: unknown): RunDifference['kind'] {
  if (key === 'serverArgs') return isSame(loadArgs(before), loadArgs(after)) ? 'context' : 'load';
  if (LOAD_KEYS.has(key)) return 'load';
  if (group === 'Judging') return 'judging';
  return group === 'Target' || NO_LOAD.has(key) ? 'context' : 'load';
}

function loadArgs(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((arg) => typeof arg === 'string' && LOAD_ARGS.test(arg)).toSorted() : [];
}

function contextDifferences(base: KeptRun, next: KeptRun): RunDifference[] {
  const facts: readonly (readonly [what: string, fact: (run: KeptRun) => string])[] = [
    ['target', (run) => (run.embedded ? 'the built-in server' : run.url)],
    ['protocol', (run) => run.protocol],
    ['version', (run) => run.version],
    ['processors', ({ environment }) => String(environment.cpus)],
    ['platform', ({ environment }) => environment.platform],
    ['Node.js', ({ environment }) => environment.node],
  ];
  return facts.flatMap(([what, fact]): RunDifference[] => {
    const [before, after] = [fact(base), fact(next)];
    return before === after ? [] : [{ what, base: cut(before), new: cut(after), kind: 'context' }];
  });
}

/** The order of the members says nothing. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder);
}

function inOrder(_key: string, value: unknown): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** As a user would write it, where the value is one that the option could have. */
function shown({ kind }: OptionRow, value: unknown): string {
  if (value === null) return 'none';
  try {
    const given: unknown = kind.show(value);
    if (given instanceof Map) return cut([...given].map(([name, text]) => `${name}=${text}`).join(','));
    if (typeof given === 'string') return cut(given);
    if (Array.isArray(given)) return given.length === 0 ? 'none' : cut(given.map(String).join(' '));
  } catch {
    // The file holds what no option does.
  }
  return cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

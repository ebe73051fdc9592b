import type { JsonSchema, Kind } from './values/value-kind.ts';

/**
 * One row of an option table. The table is the only declaration: flags, YAML keys, `--help`, JSON Schema,
 * the tables of docs/options.md and the TypeScript type of the plan are all read from it.
 */
export interface OptionRow {
  /** Flag without its dashes; the YAML key is the same text. */
  readonly flag: string;
  /** A letter that means the same, as curl has it: `H` for `-H`. */
  readonly letter?: string;
  readonly kind: Kind<unknown>;
  /** As a user would write it. Null: nothing, and `unset` says what happens then. */
  readonly default: string | readonly string[] | null;
  readonly unset?: string;
  /** Plan key of a number that the default stays at or below: a short run has a short ramp without saying so. */
  readonly defaultAtMost?: string;
  /** Another default, where the option under that plan key has a value. */
  readonly defaultWith?: { readonly key: string; readonly default: string };
  /** One line, no full stop. */
  readonly help: string;
  /** Heading in `--help`. */
  readonly group: string;
}

/** By plan key; a key whose value has a unit ends with it (`rampMs`). */
export type OptionTable = Readonly<Record<string, OptionRow>>;

/** The plan that a table gives. */
export type PlanOf<Table extends OptionTable> = {
  readonly [Key in keyof Table]:
    | (Table[Key]['kind'] extends Kind<infer Value> ? Value : never)
    | (Table[Key]['default'] extends null ? null : never);
};

/** How an option is written, as `--help` and docs/options.md show it: `-H, --header <name: value>`. */
export function usageOf({ flag, letter, kind }: OptionRow): string {
  const long = kind.placeholder === null ? `--${flag}` : `--${flag} <${kind.placeholder}>`;
  return letter === undefined ? long : `-${letter}, ${long}`;
}

/** The default as `--help` and docs/options.md show it; empty where there is nothing to show. */
export function shownDefault(row: OptionRow): string {
  if (row.unset !== undefined) return row.unset;
  if (row.kind.placeholder === null || row.default === null || Array.isArray(row.default)) return '';
  return row.default as string;
}

/** How several values are given to it; empty where it takes one. */
export function shownRepeats({ kind }: OptionRow): string {
  if (!kind.repeats) return '';
  return kind.commas ? 'repeatable, or with commas' : 'repeatable';
}

/** JSON Schema (draft 7, the one that editors' YAML support reads) of a scenario file. */
export function jsonSchemaOf(table: OptionTable): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const row of Object.values(table)) {
    const range = row.kind.range === null ? '' : ` (${row.kind.range[0]} to ${row.kind.range[1]})`;
    const unset = row.unset === undefined ? '' : `; default: ${row.unset}`;
    properties[row.flag] = {
      description: `${row.help}${range}${unset}`,
      ...orVariable(row.kind.schema),
      ...(row.default === null ? {} : { default: defaultForSchema(row) }),
    };
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A scenario of sse-probe',
    description:
      'The keys are the flags without their dashes. A flag on the command line replaces its key here, including a whole list. Values may contain environment variables: ${NAME}, ${NAME:-default}; write $${ for a literal "${".',
    type: 'object',
    additionalProperties: false,
    properties,
  };
}

const VARIABLE = { type: 'string', pattern: String.raw`(?:^|[^$])\$\{[A-Za-z_]` };

/** The same, or a text that names a variable: for whatever is more than any text. */
function orVariable(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema['anyOf'])) return { ...schema, anyOf: [...schema['anyOf'].map(inner), VARIABLE] };
  return schema['type'] === 'object' ? inner(schema) : { anyOf: [inner(schema), VARIABLE] };
}

function inner(schema: JsonSchema): JsonSchema {
  const { items, properties } = schema as { items?: JsonSchema; properties?: Record<string, JsonSchema> };
  if (items !== undefined) return { ...schema, items: orVariable(items) };
  if (properties === undefined) return schema;
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, orVariable(one)])),
  };
}

/** As YAML has it: numbers, booleans and maps are none of our texts there. */
function defaultForSchema(row: OptionRow): unknown {
  const isText = row.kind.schema['type'] !== 'object' && !row.kind.bare;
  return isText || row.default === null ? row.default : row.kind.read(row.default);
}

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { OptionRow } from '../../src/options/option.ts';
import { jsonSchemaOf, OPTION_TABLES, type OptionTable, soakOptions } from '../../src/options/schema.ts';

const schemaFile = fileURLToPath(new URL('../../schemas/scenario.schema.json', import.meta.url));
const scenarios = fileURLToPath(new URL('../../scenarios/', import.meta.url));

describe.each(Object.entries<OptionTable>(OPTION_TABLES))('the option table of %s', (_, table) => {
  it.each(Object.entries(table))('has a sound row %s', (key, row) => {
    expect(row.flag).toMatch(/^(?:[a-z]+(-[a-z]+)*|h2|http2|http1\.1)$/);
    expect(row.help).toMatch(/^[^\n]{5,120}[^.\n]$/);
    // A list that may be empty has no default either, and may say what happens then.
    expect(row.default === null || row.kind.repeats).toBe(row.unset !== undefined || row.kind.repeats);
    expect(Array.isArray(row.default)).toBe(row.kind.repeats);
    // A default that its own kind would refuse throws here.
    const value = row.default === null ? null : row.kind.read(row.default);
    // Where the value has a unit, the plan's key says which.
    const unit = (
      { duration: 'Ms', size: 'Bytes', rate: 'PerSecond', 'bytes/time': 'BytesPerSecond' } as Record<string, string>
    )[row.kind.placeholder ?? ''];
    expect(/(?:Ms|Bytes|PerSecond)$/.test(key)).toBe(unit !== undefined);
    expect(key.endsWith(unit ?? '')).toBe(true);
    expect(unit === undefined || value === null || typeof value === 'number').toBe(true);
  });

  it('has each flag once', () => {
    const flags = Object.values(table).map(({ flag }) => flag);
    expect(new Set(flags).size).toBe(flags.length);
  });

  it('has each letter once, and none that asks for help', () => {
    const letters = Object.values<OptionRow>(table).flatMap(({ letter }) => letter ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters.filter((letter) => !/^[A-Za-gi-z]$/.test(letter))).toEqual([]);
  });
});

const schema = jsonSchemaOf(soakOptions);

// UPDATE_SCHEMA=1 npx vitest run test/options/schema.test.ts rewrites the published file.
it('the JSON Schema of a scenario is published as the table gives it', () => {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(schemaFile, text);
  expect(readFileSync(schemaFile, 'utf8')).toBe(text);
});

it.each(
  Object.entries(schema['properties'] as Record<string, { default?: unknown }>).filter(
    ([, { default: value }]) => value !== undefined,
  ),
)('the JSON Schema of a scenario has a default for %s that it would accept itself', (_, property) => {
  const validate = new Ajv({ strict: true }).compile(property);
  validate(property.default);
  expect(validate.errors).toBeNull();
});

it.each(readdirSync(scenarios))('the JSON Schema of a scenario accepts %s', (name) => {
  const validate = new Ajv({ strict: true }).compile(schema);
  validate(parse(readFileSync(`${scenarios}${name}`, 'utf8')));
  expect(validate.errors).toBeNull();
});

it.each([
  { threshold: 'events.lost==0 abort' },
  { threshold: ['events.lost==0', { expression: 'latency.p99<250ms', abortOnFail: true, delay: '10s' }] },
  { threshold: { expression: 'latency.p99<250ms' } },
  { clients: '${CLIENTS:-100}', ramp: '${RAMP}', url: ['${BASE}/events'], mix: { healthy: '${HEALTHY}' } },
  { header: 'Authorization: Bearer ${TOKEN}', 'fail-on': '${FINDING}', quiet: '${QUIET}' },
  { clients: '10k', duration: '1h30m', churn: '90/min' },
])('the JSON Schema of a scenario accepts %j, as the loader does', (scenario) => {
  expect(new Ajv({ strict: true }).compile(schema)(scenario)).toBe(true);
});

it.each([
  { ramp: 5 },
  { ramp: '5' },
  { clients: '10' },
  { clients: '$${N}' },
  { clients: 0 },
  { clients: 1.5 },
  { clients: '1.0005k' },
  { duration: '30m1h' },
  { clientz: 5 },
  { quiet: 'yes' },
  { mix: { stuck: 1 } },
  { ignore: ['nothing'] },
  { threshold: { x: 1 } },
  { threshold: [{ abortOnFail: true }] },
  { threshold: [{ expression: 'a<1', delay: '10' }] },
  { threshold: [{ expression: 'a<1', abortOnFail: 'yes' }] },
  { 'server-arg': ['5s'] },
])('the JSON Schema of a scenario refuses %j, as the loader does', (scenario) => {
  expect(new Ajv({ strict: true }).compile(schema)(scenario)).toBe(false);
});

/** Scenario files: any text gives a plan, or one sentence that says where it is wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { loadSoakPlan } from '../../src/options/soak-plan.ts';
import { soakOptions } from '../../src/options/soak-options.ts';
import { yamlPiece } from '../options/hostile-yaml.ts';
import { complaintOrNull, scenarioFiles } from '../options/scenario-file.ts';
import { root } from '../support/program.ts';
import { anyBytes, bytesOf, damaged, fuzz } from './target.ts';

const { scenarioFile } = scenarioFiles();

const folder = join(root, 'scenarios');
const ours = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(folder, name), 'latin1'));

const key = fc.constantFrom(...Object.values(soakOptions).map(({ flag }) => flag));
const value = fc.constantFrom('5s', '10', '1/s', '64KiB', 'true', 'healthy: 5', 'http://127.0.0.1:9/', '"x"', '[a, b]');
const line = fc.tuple(key, fc.oneof(value, yamlPiece)).map(([name, text]) => `${name}: ${text}\n`);
const lines = fc.array(line, { maxLength: 6 }).map((all) => all.join(''));
/** Anchors and aliases, each of many of the one before: a bomb when it is written out. */
const bomb = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 40 }))
  .map(([depth, width]) =>
    Array.from({ length: depth }, (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(n === 0 ? 0 : width)}x]\n`).join(''),
  );
const nested = fc.tuple(yamlPiece, fc.nat(3000)).map(([piece, times]) => piece.repeat(times));

fuzz({
  name: 'scenario',
  holds: 'text of a scenario file gives a plan or one sentence with its place',
  input: fc.record({
    text: fc.oneof(
      { weight: 3, arbitrary: damaged(fc.constantFrom(...ours), fc.oneof(yamlPiece, anyBytes(3), line)) },
      { weight: 3, arbitrary: damaged(lines, fc.oneof(yamlPiece, anyBytes(3))) },
      { weight: 2, arbitrary: fc.array(yamlPiece, { maxLength: 40 }).map((parts) => utf8(parts.join(''))) },
      { weight: 1, arbitrary: fc.tuple(lines, bomb, lines).map((parts) => parts.join('')) },
      { weight: 1, arbitrary: fc.tuple(lines, nested).map((parts) => utf8(parts.join(''))) },
      { weight: 1, arbitrary: anyBytes(100) },
    ),
  }),
  cases: 30,
  check({ text }) {
    const file = scenarioFile(bytesOf(text));
    const said = complaintOrNull(() => loadSoakPlan({ file, flags: {} }), file) ?? 'FILE:1:1: a plan';
    expect(said).toMatch(/^FILE(?::\d+:\d+: |: has \d+ bytes)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
    expect(said.length).toBeLessThan(1000);
  },
});

/** As the bytes of a file, one latin1 character for each. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

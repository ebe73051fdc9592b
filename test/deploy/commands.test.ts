/** The commands of the manifests, of the unit and of docs/scale.md are ones that the program has, with flags that it has. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { OptionTable } from '../../src/options/option.ts';
import { OPTION_TABLES } from '../../src/options/schema.ts';
import { commandsOf } from '../docs/page.ts';
import { WORKLOADS } from './kubernetes-schema.ts';
import { settingsOf } from './unit-file.ts';

interface Asked {
  where: string;
  command: string;
  flags: readonly string[];
}

const TABLES: Readonly<Record<string, OptionTable | undefined>> = OPTION_TABLES;
function askedOf(where: string, words: readonly string[]): Asked {
  const [command = '', ...rest] = words;
  const flags = rest.flatMap((word) => /^--([a-z][a-z0-9-]*)/.exec(word)?.[1] ?? []);
  return { where, command, flags };
}

function ofManifests(): Asked[] {
  return WORKLOADS.filter(({ kind }) => kind === 'Job').map(({ file, spec }) =>
    askedOf(`deploy/kubernetes/${file}`, spec.template.spec.containers[0].args),
  );
}

function ofUnit(): Asked {
  const file = 'deploy/systemd/sse-probe-worker@.service';
  const settings = settingsOf(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
  const start = settings.find(({ name }) => name === 'ExecStart')?.value ?? '';
  return askedOf(file, start.split(' ').slice(1));
}

/** Each `sse-probe …` of the page's shell blocks: a backslash continues a line; `;`, `&` and `|` end a command. */
function ofPage(page: string): Asked[] {
  return commandsOf(page).flatMap(({ text, line }) =>
    [...text.replaceAll(/\\\n/g, ' ').matchAll(/(?:^|[;&|]) *(?:sudo )?sse-probe ([^;&|\n#]+)/gm)].map(
      ([, words = '']) => askedOf(`${page}:${line}`, words.trim().split(/\s+/)),
    ),
  );
}

const asked = [...ofManifests(), ofUnit(), ...ofPage('docs/scale.md')];

it.each([
  ['worker', /workers\.yaml.*@\.service.*scale\.md/],
  ['soak', /soak\.yaml.*scale\.md/],
])('the command %s is in the manifests and in docs/scale.md', (name, places) => {
  expect(asked.flatMap(({ command, where }) => (command === name ? [where] : [])).join(' ')).toMatch(places);
});

for (const { where, command, flags } of asked) {
  it(`${where}: ${command} has all of its flags`, () => {
    const table = TABLES[command];
    expect(table, `the command ${command}`).toBeDefined();
    const known = new Set(Object.values(table!).map(({ flag }) => flag));
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });
}

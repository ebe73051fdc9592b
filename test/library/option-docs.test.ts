import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import type { ProbeOptions } from '../../src/library/probe-options.ts';
import { runProbeOptions } from '../../src/library/probe.ts';
import type { SoakOptions } from '../../src/library/soak-options.ts';
import { runSoakOptions } from '../../src/library/soak.ts';
import type { OptionTable } from '../../src/options/option.ts';
import { probeOptions } from '../../src/options/probe-options.ts';
import { soakOptions } from '../../src/options/soak-options.ts';
import { root } from '../support/program.ts';
import { docComments, sourceOf } from './doc-comments.ts';
import type { GivenOptions } from './given-options.ts';
import { optionDoc, withOptionDocs } from './option-docs.ts';

const ASKING = { file: 'src/library/asking-options.ts', name: 'AskingOptions' };
const SPREAD = { file: 'src/library/spread-options.ts', name: 'SpreadOptions' };

interface Command {
  table: OptionTable;
  files: readonly { file: string; name: string }[];
  /** Options that the function has and the command line has not. */
  own: readonly string[];
  call(options: Record<string, unknown>): Promise<unknown>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  soak: {
    table: soakOptions,
    files: [ASKING, SPREAD, { file: 'src/library/soak-options.ts', name: 'SoakOptions' }],
    own: ['scenario', 'signal'],
    call: (options) => runSoakOptions(options),
  },
  probe: {
    table: probeOptions,
    files: [ASKING, { file: 'src/library/probe-options.ts', name: 'ProbeOptions' }],
    own: ['signal'],
    call: (options) => runProbeOptions('http://127.0.0.1:1/', options),
  },
};

// UPDATE_DOCS=1 npx vitest run test/library/option-docs.test.ts writes the comments above the options.
describe.each(Object.entries(COMMANDS))('the options of %s()', (command, { table, files, own, call }) => {
  const written = files.flatMap(({ file, name }) => docComments(file, name)).filter(({ name }) => !own.includes(name));
  const names = new Set(written.map(({ name }) => name));
  const rows = Object.values(table);

  it(`the options of ${command}() are in the option table, each once`, () => {
    const flags = new Set(rows.map(({ flag }) => flag));
    expect(written.map(({ name }) => name).filter((name) => !flags.has(name))).toEqual([]);
    expect(names.size).toBe(written.length);
  });

  it(`the comments of ${command}() say what the option table says, with its defaults`, () => {
    const wanted = rows.filter(({ flag }) => names.has(flag)).map(optionDoc);
    if (process.env['UPDATE_DOCS'] === '1')
      for (const { file } of files) writeFileSync(join(root, file), withOptionDocs(sourceOf(file), wanted));
    const read = files.flatMap(({ file, name }) => docComments(file, name)).filter(({ name }) => names.has(name));
    expect(read).toEqual(read.map(({ name }) => wanted.find((one) => one.name === name)));
  });

  it.each(rows.filter(({ flag }) => !names.has(flag)).map(({ flag }) => flag))(
    `%s of the command line is none of ${command}(), which refuses it`,
    async (flag) => {
      const refused = await call({ [flag]: 'x' }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UsageError);
      expect((refused as UsageError).message).toMatch(/ is for the command line$/);
    },
  );
});

it('the types of the options the types of the options of soak() are those of the option table', () => {
  expectTypeOf<Plain<Omit<SoakOptions, 'scenario' | 'signal'>>>().toEqualTypeOf<
    Plain<GivenOptions<typeof soakOptions, 'Output'>>
  >();
});

it('the types of the options the types of the options of probe() are those of the option table', () => {
  expectTypeOf<Plain<Omit<ProbeOptions, 'signal'>>>().toEqualTypeOf<
    Plain<GivenOptions<typeof probeOptions, 'Output' | 'Exporter' | 'watch'>>
  >();
});

/** The same without its names: what is inherited, computed or read-only (as the tables are) is told alike. */
type Plain<Type> = { -readonly [Key in keyof Type]: Type[Key] };

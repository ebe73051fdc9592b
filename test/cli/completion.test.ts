import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FINDING_IDS } from '../../src/findings/finding-rows.ts';
import { OPTION_TABLES, type OptionTable } from '../../src/options/schema.ts';
import { faults } from '../../src/server/faults/registry.ts';
import { METRICS } from '../../src/verdict/metrics.ts';
import { root, startProgram } from '../support/program.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const scripts = new Map<Shell, Promise<string>>();

async function script(shell: Shell): Promise<string> {
  const known = scripts.get(shell) ?? startProgram(['completion', shell]).outcome.then(({ stdout }) => stdout);
  scripts.set(shell, known);
  return known;
}

const isInstalled = (shell: Shell): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

function lines(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

const COMPLETE_IN_BASH = `
eval "$SCRIPT"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_sse_probe 2>&1
for word in "\${COMPREPLY[@]}"; do printf '%s\\n' "$word"; done`;

/** What bash offers for the last of these words, which are taken apart as bash does it. */
async function inBash(...words: string[]): Promise<string[]> {
  const { stdout } = spawnSync('bash', ['--norc', '-c', COMPLETE_IN_BASH, 'bash', 'sse-probe', ...words], {
    env: { PATH: process.env['PATH'], SCRIPT: await script('bash') },
    encoding: 'utf8',
    cwd: root,
  });
  return lines(stdout);
}

async function inFish(line: string): Promise<string[]> {
  const { stdout } = spawnSync('fish', ['--no-config', '-c', 'echo $SCRIPT | source; complete -C "$argv[1]"', line], {
    env: { PATH: process.env['PATH'], HOME: tmpdir(), SCRIPT: await script('fish') },
    encoding: 'utf8',
    cwd: root,
  });
  return lines(stdout).map((one) => one.split('\t')[0] as string);
}

const lettersOf = (command: keyof typeof OPTION_TABLES): string[] =>
  Object.values<OptionTable[string]>(OPTION_TABLES[command]).flatMap(({ letter }) =>
    letter === undefined ? [] : [`-${letter}`],
  );

const flagsOf = (command: keyof typeof OPTION_TABLES): string[] =>
  Object.values<OptionTable[string]>(OPTION_TABLES[command]).map(({ flag }) => `--${flag}`);

it.each<[string, string[], readonly string[]]>([
  ['a command', ['so'], ['soak']],
  ['a flag of a command', ['soak', '--heart'], ['--heartbeat-within']],
  ['a flag before the URL', ['listen', ''], [...flagsOf('listen'), ...lettersOf('listen'), '--list', '-h', '--help']],
  ['a word of a set', ['probe', '--profile', 'o'], ['openai']],
  ['a word behind "="', ['probe', '--profile', '=', 'o'], ['openai']],
  ['the words behind "="', ['serve', '--overflow', '='], ['evict', 'drop-oldest']],
  ['a word of one piece with its flag', ['serve', '--overflow=d'], ['--overflow=drop-oldest']],
  ['a finding', ['soak', '--ignore', ''], FINDING_IDS],
  ['a finding behind a comma', ['soak', '--ignore', 'idle-cut,no-event-'], ['idle-cut,no-event-ids']],
  ['a fault', ['serve', '--fault', ''], [...faults.keys()]],
  [
    'a metric',
    ['soak', '--threshold', 'latency.sent.p9'],
    [...METRICS.keys()].filter((name) => name.startsWith('latency.sent.p9')),
  ],
  ['a list', ['soak', '--list', 'm'], ['metrics']],
  ['a list of the program', ['--list', 'che'], ['checks']],
  ['a certificate', ['serve', '--tls-cert', 'CONTRIB'], ['CONTRIBUTING.md']],
  ['a scenario', ['soak', 'scenarios/qui'], ['scenarios/quick.yaml']],
  ['a shell', ['completion', ''], SHELLS],
  ['nothing for a number', ['soak', '--clients', ''], []],
  ['nothing for a URL', ['soak', '--url', ''], []],
])('the completion of bash offers %s', async (_, words, offered) => {
  expect((await inBash(...words)).toSorted()).toEqual([...offered].toSorted());
});

it.runIf(isInstalled('fish')).each<[string, readonly string[]]>([
  ['so', ['soak']],
  ['probe --profile o', ['openai']],
  ['soak --ignore no-event-', ['no-event-ids']],
  ['soak --clients ', []],
  ['completion ', SHELLS],
])('the completion of fish offers for "sse-probe %s" what can stand there', async (line, offered) => {
  expect((await inFish(`sse-probe ${line}`)).toSorted()).toEqual([...offered].toSorted());
});

it.runIf(isInstalled('zsh'))('the completion of zsh is taken by its completion system', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-zsh-'));
  try {
    writeFileSync(join(folder, '_sse-probe'), await script('zsh'));
    const words =
      'fpath=($1 $fpath); autoload -U compinit; compinit -u -D; print -r -- $_comps[sse-probe]; autoload +X _sse-probe';
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', words, 'zsh', folder], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['_sse-probe\n', '']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each(SHELLS)('the completion of %s has every flag of every command', async (shell) => {
  const text = await script(shell);
  const shown = (flag: string): string => (shell === 'fish' ? `-l ${flag.slice(2)} ` : flag);
  for (const command of Object.keys(OPTION_TABLES) as (keyof typeof OPTION_TABLES)[])
    expect(flagsOf(command).filter((flag) => !text.includes(shown(flag)))).toEqual([]);
});

it('the completion of a shell that is not known is wrong usage that names those that are', async () => {
  const { code, stdout, stderr } = await startProgram(['completion', 'csh']).outcome;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/shell: "csh" is none of bash, zsh, fish\n/);
});

/**
 * Every command of the README and of docs/ runs as it stands there, those of a page in one shell and in order, and says
 * what the page shows, by its shape. How a page tells what cannot be run: test/docs/page.ts.
 *
 * `UPDATE_DOCS=1 npx vitest run --project e2e test/docs/commands.test.ts` writes what was said into the pages, where no
 * gap (`…`) is shown.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/program.ts';
import { found } from '../support/real-servers/found.ts';
import { blocksOf, type Command, commandsOf, filesOf, PAGES } from './page.ts';
import { noShell, PageShell, type Said } from './page-shell.ts';
import { foldedLines } from './folded-lines.ts';
import { shapeDifference } from './shape.ts';

const BLOCK_TIMEOUT_MS = 50_000;
const LONG_TIMEOUT_MS = 240_000;
/** For what a server says that was started in the background. */
const LATE_MS = 10_000;
const MAX_ATTEMPTS = 3;

/** The machine's own, or the one that was unpacked for the tests. */
const hasRedis = 'found' in found('redis');
const skipped = noShell === null ? '' : ` (skipped: no network of its own: ${noShell})`;

async function runPage(page: string, { long }: { long: boolean }): Promise<string[]> {
  const blocks = blocksOf(page);
  const commands = commandsOf(page, blocks).filter(({ marks }) => !marks.has('not run') && marks.has('long') === long);
  const shell = new PageShell();
  const differences: string[] = [];
  try {
    for (const { name, text } of filesOf(blocks)) shell.write(name, text);
    for (const command of commands) {
      const { difference, said } = await run(shell, command, long ? LONG_TIMEOUT_MS : BLOCK_TIMEOUT_MS);
      if (difference === null) continue;
      differences.push(`${page}:${command.line}: ${difference}`);
      if (process.env['UPDATE_DOCS'] === '1') update(page, command, said.stdout);
    }
  } finally {
    await shell.close();
  }
  return differences;
}

interface Run {
  difference: string | null;
  said: Said;
}

async function run(shell: PageShell, command: Command, timeoutMs: number): Promise<Run> {
  const given = command.marks.get('given');
  if (given !== undefined) await shell.run(ready(given), timeoutMs);
  for (let attempt = 1; ; attempt++) {
    const result = await runOnce(shell, command, timeoutMs);
    if (result.difference === null || attempt === MAX_ATTEMPTS || !isDisturbed(result.said)) return result;
  }
}

/** Its own word that others used the machine is taken, and the command is run again. */
function isDisturbed({ stdout }: Said): boolean {
  return /(?:inconclusive|info) generator-saturated/.test(stdout);
}

async function runOnce(shell: PageShell, command: Command, timeoutMs: number): Promise<Run> {
  const told = await shell.run(textOf(command), timeoutMs);
  const lateMs = Date.now() + (/ &( |$)/m.test(command.text) ? LATE_MS : 0);
  for (;;) {
    const said = told();
    const difference = judge(command, said);
    if (difference === null || Date.now() >= lateMs) return { difference, said };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function judge({ marks, output }: Command, { code, stdout, stderr }: Said): string | null {
  const wanted = marks.has('Ctrl-C') ? [0, 124, 130] : [Number(marks.get('exit') ?? 0)];
  if (!wanted.includes(code)) return `exit code ${code} and not ${wanted.join(' or ')}\n${stdout}${stderr}`;
  return output === null ? null : shapeDifference(output.text, stdout);
}

function textOf({ text, marks }: Command): string {
  const after = marks.get('Ctrl-C');
  return `${after === undefined ? '' : `timeout --foreground -s INT ${after} `}${marks.get('run as') ?? text}\n`;
}

/** A server in the background, once its port accepts: the last number of four digits or five. The one before is ended. */
function ready(given: string): string {
  const port = /.*\b(\d{4,5})\b/.exec(given)?.[1];
  if (!given.endsWith('&')) return `${given}\n`;
  if (port === undefined) throw new Error(`"${given}" does not say on which port it can be waited for`);
  const waits = `for i in $(seq 200); do (exec 4<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.05; done`;
  return `[ -z "$GIVEN" ] || { kill "$GIVEN"; wait "$GIVEN"; }\n${given}\nGIVEN=$!\n${waits}\n`;
}

/** Looks for the block anew: what was written before has moved the lines. */
function update(page: string, { section, text, output }: Command, said: string): void {
  if (output === null || output.text.includes('…') || said === '') return;
  const file = join(root, page);
  const line = commandsOf(page).find((one) => one.section === section && one.text === text)?.output?.line;
  if (line === undefined) return;
  const width = Math.max(80, ...output.text.split('\n').map((one) => one.length));
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.splice(line, output.text.split('\n').length, foldedLines(said.replace(/^\n+/, '').trimEnd(), width));
  writeFileSync(file, lines.join('\n'));
}

function has(page: string, long: boolean): boolean {
  return commandsOf(page).some(({ marks }) => !marks.has('not run') && marks.has('long') === long);
}

describe.concurrent('the pages', () => {
  for (const page of PAGES.filter((name) => has(name, false)))
    it.runIf(noShell === null && (page !== 'docs/scale.md' || hasRedis))(
      `every command of ${page} runs, and says what the page shows${skipped}`,
      { timeout: 120_000 },
      async () => expect(await runPage(page, { long: false })).toEqual([]),
    );
  for (const page of PAGES.filter((name) => has(name, true)))
    it.runIf(noShell === null)(
      `every long command of ${page} runs, and says what the page shows${skipped}`,
      { timeout: 600_000, tags: ['long'] },
      async () => expect(await runPage(page, { long: true })).toEqual([]),
    );
});

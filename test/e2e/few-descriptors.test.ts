/** Processes that may open few files: they do what was asked, or say in a sentence why they cannot. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, runProgram, startProgram } from '../support/program.ts';

let server: ReturnType<typeof startProgram>;
let url = '';
beforeAll(async () => {
  server = startProgram(['serve', '--port=0', '--rate=20/s']);
  [, url = ''] = await server.says(/listening on (\S+)/);
});
afterAll(() => server.child.kill('SIGTERM'));

const NOTHING = join(root, 'test', 'support', 'nothing.mjs');

/** Below it Node itself does not start, or opens no program: ours is never asked. */
function leastForNode(): number {
  for (let limit = 16; limit < 64; limit++) {
    const args = ['-c', `ulimit -n ${limit}; exec "$0" "$1"`, process.execPath, NOTHING];
    if (spawnSync('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] }).status === 0) return limit;
  }
  throw new Error('Node does not start with 64 descriptors');
}

const onPosix = process.platform !== 'win32';
const LEAST = onPosix ? leastForNode() : 0;
// Our program has imports, for which Node takes one or two more.
const LIMITS = [2, 3, 5].map((more) => LEAST + more);

/** [command, exit codes: what was asked was done, or could not be] */
const COMMANDS: readonly [(stream: string) => readonly string[], readonly number[]][] = [
  [() => ['--help'], [0, 1]],
  [() => ['soak', '--help'], [0, 3]],
  // The address is nobody's here: with enough descriptors it could not start either.
  [() => ['serve', '--port=0', '--host=203.0.113.1'], [1]],
  [(stream) => ['probe', '--until', 'event', stream], [0, 1, 3]],
  [(stream) => ['listen', '--events', '1', '--max-reconnects', '0', '--quiet', stream], [0, 1]],
  [(stream) => ['listen', '--events=1', '--max-reconnects=0', '--quiet', '--transport=undici', stream], [0, 1]],
  [(stream) => ['soak', '--clients', '1', '--quiet', '--url', stream], [3]],
  [() => ['soak', '--clients', '1', '--quiet'], [3]],
];

it.runIf(onPosix).each(LIMITS)(
  'each command that may open %i files does what was asked or says why not',
  async (limit) => {
    for (const [argsFor, codes] of COMMANDS) {
      const args = argsFor(`${url}/events`);
      const { code, signal, stderr } = await runProgram(args, { limits: `ulimit -n ${limit}` });
      expect({ args, isExpected: codes.includes(code ?? -1), signal, stderr }).toEqual({
        args,
        isExpected: true,
        signal: null,
        // A sentence, with what to do.
        stderr: expect.stringMatching(/^(?:sse-probe: [^\n]+\n(?: {2}[^\n]+\n)?)?$/) as string,
      });
    }
  },
);

/** What one command takes of memory over what it takes of a small sound stream, whatever a server sends: the worst kinds. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPairs, peakBytesOf } from '../support/listen.ts';
import { root } from '../support/program.ts';
import { OK, scriptedServers, type Answer } from '../support/scripted-server.ts';

const MIB = 1024 ** 2;
const MAX_OVER_MIB = 64;
const { serve, closeAll } = scriptedServers();
afterAll(closeAll);

/** Sends the same again and again, for as long as it is taken. */
function again(text: () => string): Answer {
  const piece = Buffer.from(text());
  return (socket: Socket) => {
    const pump = (): void => {
      if (!socket.destroyed && socket.write(piece)) setImmediate(pump);
    };
    socket.on('drain', pump);
    socket.write(OK);
    pump();
  };
}

let n = 0;
const HOSTILE: readonly (readonly [what: string, answer: Answer])[] = [
  ['JSON of many arrays', again(() => `data: {"a":[${'[],'.repeat(1_300_000)}1]}\n\n`)],
  [
    'ids of 900 KB',
    again(() => Array.from({ length: 4 }, () => `id: ${n++}${'i'.repeat(900_000)}\ndata: x\n\n`).join('')),
  ],
  [
    'a line of nearly 16 MiB with one character that is not Latin',
    again(() => `data: ${'x'.repeat(16 * MIB - 20)}€\n\n`),
  ],
  [
    'chunks of new names',
    again(() => Array.from({ length: 5000 }, () => `event: e${n++}\nid: ${n}\ndata: x\n\n`).join('')),
  ],
];
const SOUND: Answer = `${OK}id: 1\ndata: x\n\n`;

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'bin', 'sse-probe.js'), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The most that the process had while it ran. */
async function peakOf(args: readonly string[]): Promise<number> {
  const child = start(args);
  child.stdout?.resume();
  let peakBytes = 0;
  const watching = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakBytesOf(child.pid));
  }, 10);
  await once(child, 'exit');
  clearInterval(watching);
  return peakBytes;
}

describe.runIf(process.platform === 'linux')('memory over a sound stream', { timeout: 120_000 }, () => {
  let sound: string;
  const urls: [what: string, url: string][] = [];
  beforeAll(async () => {
    ({ url: sound } = await serve(SOUND));
    for (const [what, answer] of HOSTILE) urls.push([what, (await serve(answer)).url]);
  });

  it.each<[command: string, args: readonly string[]]>([
    ['listen', ['--jsonl', '--max-reconnects', '0', '--duration', '1500ms']],
    ['probe', ['--json', '--duration', '1500ms']],
  ])('%s takes at most 64 MiB over what it takes of a sound stream, whatever is sent', async (command, args) => {
    const base = await peakOf([command, sound, ...args]);
    expect(base).toBeGreaterThan(10 * MIB);
    const over: [string, number][] = [];
    await inPairs(urls, async ([what, url]) => {
      over.push([what, Math.round(((await peakOf([command, url, ...args])) - base) / MIB)]);
    });
    expect(over.filter(([, mib]) => mib > MAX_OVER_MIB)).toEqual([]);
  });

  it('an exporter takes no more for twenty probes at once of all of these, and answers each', async () => {
    const ports = [sound, ...urls.map(([, url]) => url)].map((url) => `--allow-target=127.0.0.1:${new URL(url).port}`);
    const exporter = start(['probe', '--serve', '127.0.0.1:0', '--duration', '1500ms', ...ports]);
    try {
      const [said] = (await once(exporter.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
      const at = /http\S+/.exec(said.toString())?.[0] ?? '';
      const probed = async (url: string): Promise<number> => {
        const answer = await fetch(`${at}/probe?target=${encodeURIComponent(url)}`);
        await answer.text();
        return answer.status;
      };
      await Promise.all(Array.from({ length: 20 }, () => probed(sound)));
      const base = peakBytesOf(exporter.pid);
      expect(base).toBeGreaterThan(10 * MIB);
      const statuses = await Promise.all(
        Array.from({ length: 20 }, (_, at20) => probed(urls[at20 % urls.length]?.[1] ?? sound)),
      );
      // 503 where those that run hold all that they may.
      expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
      expect(Math.round((peakBytesOf(exporter.pid) - base) / MIB)).toBeLessThanOrEqual(MAX_OVER_MIB);
    } finally {
      exporter.kill('SIGKILL');
    }
  });
});

/** How listen ends, what it prints for whom, and what it holds meanwhile: through the real program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { closed, event, inPairs, Listening, listen, lost, opened, peakBytesOf } from '../support/listen.ts';
import { root, runProgram } from '../support/program.ts';
import { OK, scriptedServers, type Answer } from '../support/scripted-server.ts';

const MIB = 1024 ** 2;
const { closing, serve, closeAll } = scriptedServers();
afterEach(closeAll);

function start(url: string, args: readonly string[] = []): Listening {
  const listening = new Listening(url, args);
  closing.push(() => listening.stop());
  return listening;
}

/** A compressed stream of one line that never ends. */
function gzipBomb(beginning: string): Answer {
  return (socket) => {
    socket.write(OK.replace('\r\n\r\n', '\r\nContent-Encoding: gzip\r\n\r\n'));
    const gzip = createGzip();
    const filling = Buffer.alloc(MIB, 'x');
    const pump = (): void => {
      if (!socket.destroyed) gzip.write(filling, pump);
    };
    gzip.on('data', (piece: Buffer) => void socket.write(piece));
    gzip.write(beginning);
    pump();
  };
}

/** Writes what `next` gives, for as long as the client takes it; in turns. */
function flood(beginning: string, next: () => Buffer | string): Answer & { sentBytes: () => number; stop: () => void } {
  let sent = 0;
  let goes = true;
  const answer = (socket: Socket): void => {
    const pump = (): void => {
      if (!goes || socket.destroyed) return;
      const piece = next();
      sent += piece.length;
      if (socket.write(piece)) setImmediate(pump);
    };
    socket.on('drain', pump);
    socket.write(beginning);
    pump();
  };
  return Object.assign(answer, {
    sentBytes: () => sent,
    stop: () => {
      goes = false;
    },
  });
}

/** Events of 1 KB that count from 1. */
function numbered(): { next: () => string; last: () => number } {
  let seq = 0;
  return {
    next: () => Array.from({ length: 50 }, () => `data: ${++seq} ${'x'.repeat(1000)}\n\n`).join(''),
    last: () => seq,
  };
}

const seqOf = (data: string): number => Number.parseInt(data, 10);

it('the end of listen comes right behind the last event that was asked for, also within one read', async () => {
  const { server, url } = await serve({ text: `${OK}: c\n\ndata: 1\n\ndata: 2\n\n: d\ndata: 3\n\n`, after: 'open' });
  const { code, lines } = await listen(url, ['--events', '2']);
  expect([code, lines]).toEqual([
    0,
    [opened, { kind: 'comment', comment: 'c' }, event('1'), event('2'), closed('closed-by-us')],
  ]);
  expect(server.requests).toHaveLength(1);
});

it('the end of listen comes after the time that was given, whether or not anything happens', async () => {
  const { url } = await serve({ text: `${OK}data: 1\n\n`, after: 'open' }, () => {});
  expect(await listen(url, ['--duration', '300ms'])).toEqual({
    code: 0,
    lines: [opened, event('1'), closed('closed-by-us')],
    stderr: '',
  });
  expect(await listen(url, ['--duration', '300ms'])).toEqual({
    code: 0,
    lines: [closed('closed-by-us')],
    stderr: '',
  });
});

it('the end of listen can be years away', async () => {
  const { url } = await serve(`${OK}data: 1\n\n`);
  expect((await listen(url, ['--duration', '31d', '--idle-timeout', '1d', '--events', '1'])).lines).toEqual([
    opened,
    event('1'),
    closed('closed-by-us'),
  ]);
});

it.each([
  [0, OK, 0, 'eof-clean'],
  [2, OK, 0, 'eof-clean'],
  [0, 'HTTP/1.1 200 OK\r\n', 1, 'eof-truncated'],
  [0, { text: OK, after: 'reset' }, 1, 'reset'],
] as const)(
  'the end of listen comes after %d reconnections: %j is exit %d',
  async (maxReconnects, answer, exitCode, cause) => {
    const { server, url } = await serve(answer);
    const { code, lines } = await listen(url, ['--retry', '100ms', '--max-reconnects', String(maxReconnects)]);
    expect([code, lines.slice(-2)]).toEqual([exitCode, [lost(cause, null), closed(cause)]]);
    expect(server.requests).toHaveLength(maxReconnects + 1);
  },
);

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'the end of listen by %s is told, and is exit 130',
  async (signal) => {
    const { url } = await serve({ text: `${OK}data: 1\n\n`, after: 'open' });
    const listening = start(url);
    await listening.linesWhen(2);
    listening.program.child.kill(signal);
    expect(await listening.ended()).toEqual({
      code: 130,
      lines: [opened, event('1'), closed('closed-by-us')],
      stderr: '',
    });
  },
);

it('the end of listen comes quietly when nobody reads its stdout any more', async () => {
  const { url } = await serve(flood(OK, numbered().next));
  const script = `(${process.execPath} bin/sse-probe.js listen ${url} --jsonl; echo "exit $?" >&2) | head -n 2`;
  const shell = spawn('sh', ['-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
  });
  await once(shell, 'close');
  expect(said.stdout.split('\n')).toHaveLength(3);
  expect(said.stderr).toBe('exit 0\n');
});

it('a silent stream is left and asked for again when nothing came for too long; any byte counts', async () => {
  const { server, url } = await serve(async (socket) => {
    socket.write(`${OK}id: 1\ndata: 1\n\n`);
    // Not one of them ends a line.
    for (let n = 0; n < 15; n++) {
      await delay(100);
      socket.write(':');
    }
  }, `${OK}data: 2\n\n`);
  const { lines } = await listen(url, ['--idle-timeout', '1s', '--retry', '100ms', '--events', '2']);
  expect(lines).toEqual([
    opened,
    event('1', '1'),
    lost('idle-timeout', 100),
    opened,
    event('2', '1'),
    closed('closed-by-us'),
  ]);
  expect((lines[2] as { message: string }).message).toMatch(/^no byte for 1s/);
  expect(server.lastEventId(1)).toBe('1');
  expect(server.left[0]).toBe('rst');
});

it('a silent stream is not one that nobody lets us read', async () => {
  const sends = flood(OK, numbered().next);
  const { url } = await serve(sends);
  const listening = start(url, ['--idle-timeout', '300ms', '--duration', '100s']);
  await listening.linesWhen(10);
  const { child } = listening.program;
  child.stdout?.pause();
  await delay(1500);
  const { length } = listening.lines;
  child.stdout?.resume();
  await listening.until('more', () => listening.outputLength > length + 100_000);
  child.kill('SIGINT');
  expect((await listening.ended()).lines.filter(({ kind }) => kind === 'error')).toEqual([]);
});

describe.each(['wire', 'undici'])('over %s, what nobody reads', (transport) => {
  it('is not read from the stream either, and nothing of it is lost', async () => {
    const events = numbered();
    const sends = flood(OK, events.next);
    const { url } = await serve(sends);
    const listening = start(url, ['--transport', transport]);
    const { child } = listening.program;
    await listening.linesWhen(10);
    child.stdout?.pause();
    await delay(1500);
    // Two kernels and ourselves take some MiB; without a stop it would be hundreds.
    expect(sends.sentBytes()).toBeLessThan(32 * MIB);
    expect(peakBytesOf(child.pid)).toBeLessThan(256 * MIB);
    sends.stop();
    child.stdout?.resume();
    await listening.until('the last event', () =>
      listening.isAt(`{"kind":"event","type":"message","data":"${events.last()} `),
    );
    child.kill('SIGINT');
    const data = (await listening.ended()).lines
      .filter((line) => line.kind === 'event')
      .map((line) => seqOf(line.data));
    expect(data).toEqual(Array.from({ length: events.last() }, (_, n) => n + 1));
  });

  it('is not asked for again and again, however often its server ends the stream', async () => {
    const { server, url } = await serve(`${OK}retry: 100\n${`data: ${'x'.repeat(100)}\n\n`.repeat(500)}`);
    const listening = start(url, ['--transport', transport]);
    await listening.linesWhen(10);
    const { stdout } = listening.program.child;
    stdout?.pause();
    // The kernel takes what some attempts brought.
    let attempts = -1;
    while (attempts !== server.requests.length) {
      attempts = server.requests.length;
      await delay(1000);
    }
    expect(attempts).toBeLessThan(30);
    stdout?.resume();
    await listening.until('the next attempt', () => server.requests.length > attempts);
  });

  it('does not keep it when it is interrupted', async () => {
    const { url } = await serve(flood(OK, numbered().next));
    const listening = start(url, ['--transport', transport]);
    const { child } = listening.program;
    await listening.linesWhen(10);
    child.stdout?.pause();
    await delay(300);
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    expect(await exit).toEqual([130, null]);
  });
});

describe.each(['wire', 'undici'])('over %s, the memory of listen', (transport) => {
  const line = `data: ${'x'.repeat(90)}\n`;
  let n = 0;
  const HOSTILE: readonly (readonly [what: string, answer: () => Answer, args?: readonly string[]])[] = [
    ['a line', () => flood(`${OK}data: `, () => 'x'.repeat(65_536))],
    ['an event', () => flood(OK, () => line.repeat(700))],
    ['a comment', () => flood(`${OK}:`, () => 'x'.repeat(65_536))],
    ['an id', () => flood(`${OK}id:`, () => 'x'.repeat(65_536))],
    ['an unknown field', () => flood(`${OK}unknown`, () => 'x'.repeat(65_536))],
    ['a header', () => flood('HTTP/1.1 200 OK\r\nX: ', () => 'x'.repeat(65_536))],
    ['headers', () => flood('HTTP/1.1 200 OK\r\n', () => 'X-Filler: x\r\n'.repeat(5000))],
    [
      'events that are long in JSON',
      () => flood(OK, () => `${`data: ${'\u0001'.repeat(1_000_000)}\n`.repeat(4)}data: €\n\n`),
    ],
    [
      'an id that goes with each of many events',
      () => flood(`${OK}id: ${'x'.repeat(100_000)}\n`, () => 'data: x\n\n'.repeat(7000)),
    ],
    [
      'events of new names and ids',
      () => flood(OK, () => Array.from({ length: 500 }, () => `event: e${++n}\nid: ${n}\ndata: x\n\n`).join('')),
    ],
    ['a gzip bomb', () => gzipBomb('data: ')],
    ['a gzip bomb that is skipped', () => gzipBomb('')],
    ['redirects', () => flood('HTTP/1.1 302 Found\r\nLocation: /events\r\n\r\n', () => 'x'.repeat(65_536))],
  ];

  async function peakOf(answer: Answer): Promise<number> {
    const { url } = await serve(answer);
    const args = ['--transport', transport, '--retry', '100ms', '--max-reconnects', '2', '--duration', '1500ms'];
    // The output may be gigabytes, so none of it is kept.
    const child = spawn(process.execPath, [join(root, 'bin', 'sse-probe.js'), 'listen', url, '--jsonl', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.resume();
    let peakBytes = 0;
    const watching = setInterval(() => {
      peakBytes = Math.max(peakBytes, peakBytesOf(child.pid));
    }, 20);
    await once(child, 'exit');
    clearInterval(watching);
    return peakBytes;
  }

  it.runIf(process.platform === 'linux')(
    'stays within an event of the largest size and 64 MiB over its start, whatever has no end',
    { tags: ['long'] },
    async () => {
      const base = await peakOf(`${OK}data: x\n\n`);
      expect(base).toBeGreaterThan(10 * MIB);
      const over: [string, number][] = [];
      await inPairs(HOSTILE, async ([what, answer]) => {
        over.push([what, Math.round(((await peakOf(answer())) - base) / MIB)]);
      });
      expect(over.filter(([, mib]) => mib > 32 + 64)).toEqual([]);
    },
  );
});

const EVIL = 'a\u001b[2Jb\u0007\u009b31m\u202ec\u200b\u007fd\re';

it('the view for people is one line an event, and can do nothing to a terminal', async () => {
  const { url } = await serve(
    `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; x="\u009b"\r\n\r\nretry: 100\n: ${EVIL.replace('\r', '')}\nevent: ${EVIL.replace('\r', '')}\nid: ${EVIL.replace('\r', '')}\ndata: one\ndata: ${EVIL.replace('\r', '')}\n\n`,
  );
  const { code, stdout, stderr } = await runProgram(['listen', url, '--max-reconnects', '0']);
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u200b]/);
  expect(stdout.replaceAll(/^ +\d+\.\d{3}s/gm, 'T').split('\n')).toEqual([
    expect.stringMatching(/^T open, status 200, text\/event-stream; x="/) as string,
    'T reconnection time 100ms',
    String.raw`T : a\u001b[2Jb\u0007\u009b31m\u202ec\u200b\u007fde`,
    String.raw`T a\u001b[2Jb\u0007\u009b31m\u202ec\u200b\u007fde #a\u001b[2Jb\u0007\u009b31m\u202ec\u200b\u007fde one`,
    String.raw`           a\u001b[2Jb\u0007\u009b31m\u202ec\u200b\u007fde`,
    'T eof-clean: the response is complete',
    'T closed (eof-clean)',
    '',
  ]);
  expect([code, stderr]).toEqual([0, '']);
});

it('the view for people as JSON has no raw control character and no raw line end of any kind', async () => {
  const text = `${EVIL.replace('\r', '')}\u2028\u2029\u0085\u000b`;
  const { url } = await serve(`${OK}data: ${text}\n\n`);
  const { stdout } = await runProgram(['listen', url, '--jsonl', '--events', '1']);
  // oxlint-disable-next-line no-control-regex
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
  expect((JSON.parse(stdout.split('\n')[1] ?? '') as { data: string }).data).toBe(text);
});

it('the view for people has only events when it is to be quiet, and no notes', async () => {
  const { url } = await serve(`${OK}retry: 0\n: c\ndata: 1\n\n`);
  const { code, stdout, stderr } = await runProgram(['listen', url, '--quiet', '--events', '2']);
  expect(stdout).toMatch(/^ +\d+\.\d{3}s message 1\n +\d+\.\d{3}s message 1\n$/);
  expect([code, stderr]).toEqual([0, '']);
});

it('the view for people shows no secret of the command line', async () => {
  const { server, url } = await serve(
    { text: `${OK}data: 1\n\n`, after: 'open' },
    'HTTP/1.1 401 No\r\nLocation: /x\r\n\r\n',
  );
  const secret = url.replace('://', '://user:S3CRET@').concat('?token=S3CRET&access_token=S3CRET');
  const outputs = await Promise.all(
    [secret, `${secret} `].map(async (one, n) =>
      runProgram(['listen', one, '--header', 'Cookie: S3CRET', '--events', '1', ...(n === 0 ? ['--jsonl'] : [])]),
    ),
  );
  outputs.push(await runProgram(['listen', secret, '--bearer-env', 'S3CRETS']));
  outputs.push(await runProgram(['listen', secret]));
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain('S3CRET@');
  expect(
    outputs
      .map(({ stdout, stderr }) => stdout + stderr)
      .join('')
      .replaceAll('S3CRETS', ''),
  ).not.toContain('S3CRET');
  expect(outputs.map(({ code }) => code)).toEqual([0, 2, 2, 1]);
  expect(server.requests[0]).toContain(`\r\nAuthorization: Basic ${Buffer.from('user:S3CRET').toString('base64')}\r\n`);
});

const URL = 'http://127.0.0.1:1/';

it('wrong usage of listen is one or two lines on stderr, exit 2, and no connection', async () => {
  const wrong: readonly (readonly [args: string[], says: RegExp])[] = [
    [[], /missing required argument 'url'/],
    [['http://this is invalid/'], /is not a URL/],
    [['example'], /"example" is not a URL/],
    [['/events'], /is not a URL/],
    [['ftp://example.not/'], /only http:\/\/ and https:\/\//],
    [['about:blank'], /only http/],
    [['mailto:a@b'], /only http/],
    [['javascript:alert(1)'], /only http/],
    [['http://127.0.0.1:0/'], /port 0/],
    [['http://127.0.0.1:65536/'], /is not a URL/],
    [[URL, '--retry', '3'], /--retry: "3" has no unit/],
    [[URL, '--events', '0'], /--events/],
    [[URL, '--max-line', '1'], /--max-line: "1" has no unit/],
    [[URL, '--transport', 'http3'], /--transport/],
    [[URL, '--body', 'x', '--method', 'GET'], /--body.*no body|GET request has no body/],
    [[URL, '--bearer-env', 'NOT_SET_AT_ALL'], /NOT_SET_AT_ALL is not set/],
    [[URL, '--header', 'X'], /--header/],
    [[URL, '--header', 'Content-Length: 5'], /Content-Length cannot be set/],
    [[URL, '--transport', 'undici', '--header', 'Connection: close'], /Connection cannot be set/],
    [[URL, '--ca', '/no/such/file'], /\/no\/such\/file cannot be read/],
    [[URL, '--proxy', 'http://127.0.0.1:1'], /--transport undici/],
    [[URL, '--last-event-id', 'a\nb'], /--last-event-id/],
    [[URL, '--idle-timeot', '5s'], /did you mean --idle-timeout/],
    [[URL, 'second'], /too many arguments/],
  ];
  await inPairs(wrong, async ([args, says]) => {
    const { code, stdout, stderr } = await runProgram(['listen', ...args]);
    expect([args, code, stdout]).toEqual([args, 2, '']);
    expect([args, stderr]).toEqual([args, expect.stringMatching(says)]);
    expect([args, stderr.trimEnd().split('\n').length <= 2]).toEqual([args, true]);
  });
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPORT_FORMATS } from '../../src/options/values/report-target.ts';
import { runProgram } from '../support/program.ts';

const SECRET = 'S3CRETs3cret';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTM0NSRVQifQ.c2lnbmF0dXJlLVMzQ1JFVA';
const NEXT = encodeURIComponent(`https://u:${SECRET}@login.example/?ticket=${SECRET}&page=3`);
const QUERY = `?page=2&lastEventId=LIFE-41&ticket=${SECRET}&SAMLResponse=${SECRET}&next=${NEXT}&t=${JWT}`;
const HEADERS = [`--header=X-Api-Key: ${SECRET}`, `--header=Cookie: sid=${SECRET}`, '--bearer-env=BEARER'];

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-'));
const server = createServer(answer);
let base: string;

/** Repeats what it was asked, in every place that a report may quote. */
function answer(req: IncomingMessage, res: ServerResponse): void {
  const said = JSON.stringify({ url: req.url, headers: req.headers });
  if (req.url?.startsWith('/refused') === true)
    res
      .writeHead(401, {
        'Content-Type': 'application/json',
        'WWW-Authenticate': `Bearer realm="${req.headers.cookie}"`,
      })
      .end(JSON.stringify({ message: `not you: ${req.headers['x-api-key']} ${req.headers.authorization}`, said }));
  else if (req.url?.startsWith('/moved') === true)
    res.writeHead(302, { Location: `/stream${QUERY}&from=${req.headers['x-api-key']}` }).end();
  else if (req.url?.startsWith('/plain') === true)
    res.writeHead(200, { 'Content-Type': `text/plain; x=${req.headers['x-api-key']}` }).end(said);
  else {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write(`id: 1\ndata: {"said":${said}}\n\nnonsense ${req.headers['x-api-key']} ${req.headers.authorization}\n\n`);
    res.write(`id: 2\nevent: a\ndata: ${said}\n\n`);
    res.write(`: token=${SECRET}\n\nwrong: ${said}\n\n`);
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://ann:${SECRET}@127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const BEARER = { limits: `export BEARER=${SECRET}` };

/** Which of the secrets stand in a text. */
function secretsIn(text: string): string[] {
  return [SECRET, JWT, Buffer.from(`ann:${SECRET}`).toString('base64')].filter((secret) => text.includes(secret));
}

it.concurrent.each([
  ['/refused', 'text'],
  ['/refused', 'nagios'],
  ['/refused', 'junit'],
  ['/refused', 'markdown'],
  ['/refused', 'github'],
  ['/moved', 'json'],
  ['/moved', 'text'],
  ['/stream', 'json'],
  ['/stream', 'prometheus'],
])(
  'a probe of %s that is written as %s has no secret in it, also where the server repeats it',
  async (path, format) => {
    const { stdout, stderr } = await runProgram(
      ['probe', `${base}${path}${QUERY}`, '--duration=400ms', `--format=${format}`, ...HEADERS],
      BEARER,
    );
    expect(secretsIn(`${stdout}${stderr}`)).toEqual([]);
    expect(stderr === '').toBe(format !== 'github');
    // What a reader looks for is still there; a line for Nagios names no URL.
    expect(format === 'nagios' || /page=2&\S{0,4}lastEventId=LIFE-41/.test(stdout)).toBe(true);
  },
);

it.concurrent.each(['/refused', '/plain', '/stream'])(
  'a soak of %s has no secret in its text, in any of its reports and in its progress',
  async (path) => {
    const files = REPORT_FORMATS.map((format) => [format, join(folder, `${path.slice(1)}.${format}`)] as const);
    const load = ['--clients=2', '--ramp=100ms', '--duration=1s', '--settle=100ms', '--mix=healthy=1'];
    const { stdout, stderr } = await runProgram(
      [
        'soak',
        `--url=${base}${path}${QUERY}`,
        ...load,
        ...files.map(([format, file]) => `--report=${format}=${file}`),
        ...HEADERS,
      ],
      BEARER,
    );
    const written = files.map(([, file]) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n');
    expect(`${stdout}${stderr}`).toContain('REDACTED');
    expect(secretsIn(`${stdout}${stderr}${written}`)).toEqual([]);
  },
);

it('what listen says of a server that is no stream has no secret in it', async () => {
  const { code, stdout } = await runProgram(['listen', `${base}/plain${QUERY}`, '--jsonl', ...HEADERS], BEARER);
  expect(code).toBe(1);
  expect(stdout).toContain('"message":"text/plain; x=REDACTED"');
  expect(secretsIn(stdout)).toEqual([]);
});

it('a soak shows the flags of its server without the token that one of them takes', async () => {
  const load = ['--clients=1', '--ramp=100ms', '--duration=1s', '--settle=100ms', '--mix=healthy=1'];
  const { stdout, stderr } = await runProgram([
    'soak',
    ...load,
    `--server-arg=--publish-token=${SECRET}`,
    '--server-arg=--rate=10/s',
    '--json',
  ]);
  expect(`${stdout}${stderr}`).not.toContain(SECRET);
  expect(JSON.parse(stdout)).toMatchObject({
    plan: { serverArgs: ['--publish-token=REDACTED', '--rate=10/s'] },
  });
});

it.each([
  ['probe', '--bearer-env', 'http://127.0.0.1:1/'],
  ['listen', '--bearer-env', 'http://127.0.0.1:1/'],
  ['soak', '--bearer-env', '--url=http://127.0.0.1:1/'],
  ['serve', '--publish-token-env', '--port=0'],
])('%s does not repeat a token that stands in the place of the variable of %s', async (command, flag, more) => {
  for (const token of [JWT, `ghp_${SECRET}`]) {
    const { code, stdout, stderr } = await runProgram([command, flag, token, more]);
    expect([code, stdout]).toEqual([command === 'probe' ? 3 : 2, '']);
    expect(stderr).toContain(`sse-probe: ${flag}: `);
    expect(stderr).not.toContain(token);
  }
});

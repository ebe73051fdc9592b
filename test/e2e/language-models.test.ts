/**
 * Probe and soak of a server that answers as OpenAI's does, and probe of MCP servers: the real program, real servers.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startProgram } from '../support/program.ts';
import { startEverything } from '../support/real-servers/mcp-everything.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

function chat(content: string): string[] {
  return ['--body', JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content }] })];
}

interface Report {
  verdict: string;
  status: string;
  timingsMs: { firstToken: number };
  profile: Record<string, unknown>;
  checks: { id: string; status: string; title: string }[];
  answers: { completed: number; failed: number; tokens: number; firstTokenMs: { count: number } } | null;
  clients: { dropped: number };
  sessions: Record<string, unknown> | null;
  findings: { id: string; severity: string }[];
  thresholds: { status: string }[];
}

async function run(args: readonly string[]): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await startProgram(args).outcome;
  if (stdout === '') throw new Error(stderr);
  return { code, report: JSON.parse(stdout) as Report };
}

describe.concurrent('a language model', () => {
  let server: ServerProcess;
  let url: string;
  beforeAll(async () => {
    const file = fileURLToPath(new URL('../support/real-servers/aimock.mjs', import.meta.url));
    server = await startServerProcess({ command: process.execPath, args: [file] });
    url = new URL('/v1/chat/completions', server.url).href;
  }, 60_000);
  afterAll(() => server.stop());

  it('a language model is probed with one answer', async ({ expect }) => {
    const { code, report } = await run(['probe', url, '--profile', 'openai', '--json', '--crit', 'firstToken<20s']);
    expect({ code, status: report.status }).toEqual({ code: 0, status: 'ok' });
    expect(report.timingsMs.firstToken).toBeGreaterThan(0);
    expect(report.profile).toMatchObject({ name: 'openai', answer: 'complete', tokensFrom: 'usage', chunks: 7 });
    expect(report.profile['interTokenMs']).toMatchObject({ p50: expect.any(Number), p99: expect.any(Number) });
  });

  it('a language model whose answer is cut is critical', async ({ expect }) => {
    const { code, report } = await run(['probe', url, '--profile', 'openai', '--json', ...chat('cut it')]);
    expect(code).toBe(2);
    expect(report.checks.find(({ id }) => id === 'completion')).toMatchObject({
      status: 'fail',
      title: expect.stringMatching(/^the response was truncated/),
    });
  });

  it('a language model holds up while many ask, again and again', async ({ expect }) => {
    const { code, report } = await run([
      'soak',
      '--url',
      url,
      '--profile',
      'openai',
      '--clients',
      '60',
      '--ramp',
      '1s',
      '--duration',
      '6s',
      '--retry',
      '1s',
      '--mix',
      'healthy=1',
      '--json',
      '--threshold',
      'answers.failed==0',
      '--threshold',
      'answers.completed>60',
      '--threshold',
      'firstToken.p50<30s',
      '--threshold',
      'interToken.p99<30s',
    ]);
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(report.thresholds.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass', 'pass']);
    expect(code).toBe(0);
    expect(report.clients.dropped).toBe(0);
    expect(report.answers?.tokens).toBeGreaterThan(60 * 39);
  }, 60_000);

  it('a language model that cuts its answers drops its clients', async ({ expect }) => {
    const { code, report } = await run([
      'soak',
      '--url',
      url,
      '--profile',
      'openai',
      '--clients',
      '10',
      '--ramp',
      '500ms',
      '--duration',
      '4s',
      '--retry',
      '1s',
      '--mix',
      'healthy=1',
      '--json',
      ...chat('cut it'),
    ]);
    expect(code).toBe(1);
    expect(report.findings.map(({ id }) => id)).toContain('client-dropped');
    expect(report.answers).toMatchObject({ completed: 0 });
  }, 60_000);
});

describe.concurrent('an MCP server', () => {
  it.for([
    ['streamableHttp', 'streamable-http'],
    ['sse', 'sse'],
  ] as const)(
    'an MCP server of the MCP project is sound over %s',
    { timeout: 60_000 },
    async ([start, transport], { expect }) => {
      const server = await startEverything(start);
      try {
        const { code, report } = await run(['probe', server.url, '--profile', 'mcp', '--json', '--duration', '3s']);
        expect({ code, failed: report.checks.filter(({ status }) => status === 'fail' || status === 'warn') }).toEqual({
          code: 0,
          failed: [],
        });
        expect(report.profile).toMatchObject({ name: 'mcp', transport });
      } finally {
        await server.stop();
      }
    },
  );

  it(
    'an MCP server of the MCP project holds fifty sessions, and is left with those of clients that die',
    { timeout: 60_000 },
    async ({ expect }) => {
      const server = await startEverything('streamableHttp');
      try {
        const { code, report } = await run([
          'soak',
          '--url',
          server.url,
          '--profile',
          'mcp',
          '--clients',
          '50',
          '--ramp',
          '1s',
          '--duration',
          '6s',
          '--settle',
          '0s',
          '--json',
          '--mix',
          'healthy=44,resuming=4,abrupt=2',
          '--threshold',
          'sessions.opened>=50',
          '--threshold',
          'sessions.refused==0',
          '--threshold',
          'initialize.p50<30s',
        ]);
        expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
        expect(report.thresholds.map(({ status }) => status)).toEqual(['pass', 'pass', 'pass']);
        expect(report.sessions).toMatchObject({
          opened: 50,
          refused: 0,
          expired: 0,
          ended: 48,
          notEnded: 0,
          abandoned: 2,
          failuresByCause: {},
        });
        expect(code).toBe(0);
      } finally {
        await server.stop();
      }
    },
  );
});

import { afterAll, beforeAll, describe, it } from 'vitest';
import type { ProfileAsk } from '../../../src/protocols/profile-checks.ts';
import { checkOf, watch, type Watched } from '../../support/profile-rig.ts';
import { startEverything } from '../../support/real-servers/mcp-everything.ts';
import { type Answer, ScriptedServer } from '../../support/scripted-server.ts';
import type { ServerProcess } from '../../support/server-process.ts';

describe.concurrent("the profile mcp, of the MCP project's own server", () => {
  let streamable: ServerProcess;
  let older: ServerProcess;
  beforeAll(async () => {
    [streamable, older] = await Promise.all([startEverything('streamableHttp'), startEverything('sse')]);
  }, 60_000);
  afterAll(() => Promise.all([streamable.stop(), older.stop()]));

  it("the profile mcp, of the MCP project's own server goes through a whole session over Streamable HTTP, and ends it", async ({
    expect,
  }) => {
    const verdict = await watch('mcp', streamable.url);
    const { figures } = verdict;
    expect(verdict.refused).toBeNull();
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'pass' });
    expect(figures).toMatchObject({
      transport: 'streamable-http',
      protocolVersion: '2025-11-25',
      session: 'header',
      stream: 200,
      deleteStatus: 200,
      rounds: [
        { method: 'initialize', status: 200, as: 'stream', trouble: null },
        { method: 'ping', status: 200, as: 'stream', trouble: null },
        { method: 'tools/list', status: 200, as: 'stream', trouble: null },
      ],
    });
    expect(String(figures['server'])).toMatch(/everything/);
    expect(figures['statusAfterDelete']).toBeGreaterThanOrEqual(400);
  });

  it("the profile mcp, of the MCP project's own server finds the older transport, and speaks over its endpoint", async ({
    expect,
  }) => {
    const verdict = await watch('mcp', older.url);
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'pass' });
    expect(verdict.figures).toMatchObject({
      transport: 'sse',
      session: 'endpoint',
      deleteStatus: null,
      rounds: [
        { method: 'initialize', status: 202, trouble: null },
        { method: 'ping', status: 202, trouble: null },
        { method: 'tools/list', status: 202, trouble: null },
      ],
    });
  });

  it("the profile mcp, of the MCP project's own server says what is wrong with a path where no MCP is spoken", async ({
    expect,
  }) => {
    const verdict = await watch('mcp', new URL('/nothing', streamable.url).href, {}, 5000);
    expect(verdict.figures).toMatchObject({ transport: 'sse', rounds: [] });
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'fail',
      title: 'no endpoint event arrived, so no request could be sent',
    });
  });
});

function json(value: unknown, more = ''): string {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
function status(line: string, body = ''): string {
  return `HTTP/1.1 ${line}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
const INTRODUCED = {
  jsonrpc: '2.0',
  id: 1,
  result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'tiny\u001b[31m', version: '1' } },
};
const PONG = { jsonrpc: '2.0', id: 2, result: {} };
const STREAM = { text: 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hi\n\n', after: 'open' } as const;

async function against(
  answers: Answer[],
  ask: Partial<ProfileAsk> = {},
): Promise<Watched & { requests: readonly string[] }> {
  const server = await ScriptedServer.start(...answers);
  try {
    return { ...(await watch('mcp', `http://127.0.0.1:${server.port}/mcp`, ask, 3000)), requests: server.requests };
  } finally {
    await server.close();
  }
}

describe.concurrent('the profile mcp', () => {
  it('the profile mcp sends the session and the version with everything after initialize, and takes JSON for an answer', async ({
    expect,
  }) => {
    const { requests, ...verdict } = await against(
      [
        json(INTRODUCED, 'Mcp-Session-Id: s-1\r\n'),
        status('202 Accepted'),
        STREAM,
        json(PONG),
        status('200 OK'),
        status('404 Not Found'),
      ],
      { headers: [['Authorization', 'Bearer t']] },
    );
    expect(requests.map((head) => head.split(' ', 1)[0])).toEqual(['POST', 'POST', 'GET', 'POST', 'DELETE', 'POST']);
    expect(requests[0]).not.toMatch(/mcp-session-id/i);
    for (const head of requests.slice(1)) {
      expect(head).toMatch(/\r\nMcp-Session-Id: s-1\r\n/);
      expect(head).toMatch(/\r\nMCP-Protocol-Version: 2025-06-18\r\n/);
      expect(head).toMatch(/\r\nAuthorization: Bearer t\r\n/);
    }
    expect(requests[0]).toMatch(/\r\nAccept: application\/json, text\/event-stream\r\n/);
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'pass' });
    expect(verdict.figures).toMatchObject({
      server: 'tiny\\u001b[31m 1',
      rounds: [{ as: 'json' }, { method: 'ping', as: 'json' }],
      statusAfterDelete: 404,
    });
  });

  it('the profile mcp lets a server have no stream of its own', async ({ expect }) => {
    const verdict = await against([
      json(INTRODUCED),
      status('202 Accepted'),
      status('405 Method Not Allowed'),
      json(PONG),
    ]);
    expect(checkOf(verdict, 'completion')).toMatchObject({ status: 'pass' });
    expect(checkOf(verdict, 'status')).toMatchObject({ status: 'skip' });
    expect(verdict.figures).toMatchObject({ session: 'none', deleteStatus: null });
  });

  it('the profile mcp warns of a session that outlives its DELETE', async ({ expect }) => {
    const verdict = await against([
      json(INTRODUCED, 'Mcp-Session-Id: s\r\n'),
      status('202 Accepted'),
      STREAM,
      json(PONG),
      status('204 No Content'),
      json({ jsonrpc: '2.0', id: 3, result: {} }),
    ]);
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'warn',
      title: 'the session still responds after DELETE (200)',
    });
  });

  it('the profile mcp names an answer that broke off before the response was in it', async ({ expect }) => {
    const verdict = await against([
      json(INTRODUCED),
      status('202 Accepted'),
      STREAM,
      { text: 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: \n\n', after: 'end' },
    ]);
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'fail',
      title: 'ping got an HTTP response (text/event-stream) without the JSON-RPC response (eof-clean)',
    });
  });

  it('the profile mcp names an error, with the words of the server made harmless', async ({ expect }) => {
    const verdict = await against([json({ jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'no\u001b[2J' } })]);
    expect(verdict.refused).toMatchObject({
      id: 'completion',
      status: 'fail',
      title: 'initialize got the error no\\u001b[2J (-32603)',
    });
  });

  it('the profile mcp asks for a token where none was given', async ({ expect }) => {
    const verdict = await against([status('401 Unauthorized')]);
    expect(verdict.refused).toMatchObject({
      status: 'fail',
      title: 'initialize got status 401',
      hint: 'Add --bearer-env with a token for this server.',
    });
  });

  it('the profile mcp does not carry a token to an endpoint of somebody else', async ({ expect }) => {
    const stranger = await ScriptedServer.start(status('202 Accepted'));
    const { requests, ...verdict } = await against(
      [
        status('405 Method Not Allowed'),
        {
          text: `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: endpoint\ndata: http://127.0.0.1:${stranger.port}/steal\n\n`,
          after: 'open',
        },
      ],
      { headers: [['Authorization', 'Bearer t']] },
    );
    expect(stranger.requests).toEqual([]);
    await stranger.close();
    expect(requests).toHaveLength(2);
    expect(checkOf(verdict, 'completion')).toMatchObject({
      status: 'fail',
      title: 'the server sent an endpoint of another origin, which is not used',
    });
  });

  it('the profile mcp refuses a method or a body of the user', async ({ expect }) => {
    await expect(against([status('200 OK')], { body: '{}' })).rejects.toThrow(
      'the mcp profile chooses its requests itself',
    );
  });
});

/**
 * Servers of the Model Context Protocol: a session for each client, and the stream of the server's own within it.
 */
import { printable } from '../../core/printable.ts';
import { formatDuration } from '../../core/units.ts';
import type { LoadedPlan, Profile, ProfileRule } from '../profile.ts';
import type { SessionAccounts } from './session-accounts.ts';

const needsUrl: ProfileRule<LoadedPlan> = ({ urls }) =>
  urls.length === 0
    ? {
        keys: ['profile'],
        message: 'the built-in server does not support MCP sessions',
        hint: 'Add the --url of an MCP endpoint, such as http://127.0.0.1:3001/mcp.',
      }
    : null;

const asksItself: ProfileRule = ({ method, body }) =>
  method !== 'GET' || body !== null
    ? {
        keys: ['profile', body === null ? 'method' : 'body'],
        message: 'the mcp profile chooses its requests itself',
        hint: 'Remove --method and --body.',
      }
    : null;

export const mcp: Profile<ConstructorParameters<typeof SessionAccounts>[0]> = {
  name: 'mcp',
  help: { soak: 'mcp (Model Context Protocol sessions)', probe: 'Model Context Protocol (mcp)' },
  request: {
    asking: (given) => given,
    // Two requests before the stream and one after it, each of which is a connection.
    connections: 4,
    // A server need not say anything unasked.
    isFeed: false,
    hasFarewell: true,
  },
  async accounts() {
    const [{ McpSessions }, { SessionAccounts: Accounts }] = await Promise.all([
      import('./mcp-sessions.ts'),
      import('./session-accounts.ts'),
    ]);
    return ({ figures, transport, ask, nowMs }) =>
      new McpSessions({ transport, observer: new Accounts(figures), ask, nowMs });
  },
  rules: { soak: [needsUrl, asksItself], probe: [] },
  detectors: [],
  checks: async () => (await import('./mcp-probe.ts')).mcpChecksOfProbe,
  line: sessionLine,
};

type Figures = Readonly<Record<string, unknown>>;

function sessionLine({ transport, protocolVersion, server, rounds }: Figures): string {
  if (typeof transport !== 'string') return 'not an MCP server';
  const answered = Array.isArray(rounds)
    ? rounds.map(fieldsOf).filter(({ answeredMs }) => typeof answeredMs === 'number')
    : [];
  return [
    typeof server === 'string' ? printable(server, 80) : 'no name',
    `MCP ${typeof protocolVersion === 'string' ? protocolVersion : 'of no version'}, ${transport === 'sse' ? 'HTTP with SSE' : 'Streamable HTTP'}`,
    ...answered.map(
      ({ method, answeredMs }) => `${printable(String(method), 40)} ${formatDuration(Number(answeredMs))}`,
    ),
  ].join(' · ');
}

function fieldsOf(value: unknown): Figures {
  return typeof value === 'object' && value !== null ? (value as Figures) : {};
}

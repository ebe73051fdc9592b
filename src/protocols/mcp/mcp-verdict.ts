/**
 * What became of a dialogue with an MCP server, and what is to be said of it.
 */
import type { Cause } from '../../core/causes.ts';
import { printable } from '../../core/printable.ts';
import { formatDuration, rounded } from '../../core/units.ts';
import { isFields, type JsonFields } from '../../core/json.ts';
import type { CheckResult } from '../../findings/check-result.ts';

const SHOWN_CHARACTERS = 80;
const NO_STREAM = 'this server has no stream of its own (405), which is allowed';

/** One request and its answer. */
export interface McpRound {
  method: string;
  status: number | null;
  as: 'stream' | 'json';
  headMs: number | null;
  /** Null when the answer did not come. */
  answeredMs: number | null;
  trouble: string | null;
}

export interface McpNotes {
  transport: 'streamable-http' | 'sse' | null;
  /** The version that the server answered with; null before. */
  protocolVersion: string | null;
  /** Name and version, made printable. */
  server: string | null;
  session: 'header' | 'endpoint' | 'none' | 'unusable';
  /** The status of `notifications/initialized`; null where none came. */
  initializedStatus: number | null;
  /** The status of the GET that opens the server's own stream. */
  streamStatus: number | null;
  rounds: McpRound[];
  /** The first thing that went wrong, made printable. */
  trouble: string | null;
  /** Events on the stream. */
  messages: number;
  ended: { cause: Cause; detail: string } | null;
  /** The status of the DELETE; null where none was sent. */
  deleteStatus: number | null;
  statusAfterDelete: number | null;
  introduced(result: JsonFields): void;
}

export function notesOf(): McpNotes {
  return {
    transport: null,
    protocolVersion: null,
    server: null,
    session: 'none',
    initializedStatus: null,
    streamStatus: null,
    rounds: [],
    trouble: null,
    messages: 0,
    ended: null,
    deleteStatus: null,
    statusAfterDelete: null,
    introduced(result) {
      const { protocolVersion, serverInfo } = result;
      // It goes into reports: no more than what a version can be.
      if (typeof protocolVersion === 'string' && /^[\w.-]{1,32}$/.test(protocolVersion))
        this.protocolVersion = protocolVersion;
      if (isFields(serverInfo))
        this.server = printable(`${String(serverInfo['name'])} ${String(serverInfo['version'])}`, SHOWN_CHARACTERS);
    },
  };
}

export function mcpFigures(notes: McpNotes): Record<string, unknown> {
  return {
    transport: notes.transport,
    protocolVersion: notes.protocolVersion,
    server: notes.server,
    session: notes.session,
    rounds: notes.rounds.map((round) => ({
      ...round,
      headMs: rounded(round.headMs),
      answeredMs: rounded(round.answeredMs),
    })),
    messages: notes.messages,
    stream: notes.streamStatus,
    deleteStatus: notes.deleteStatus,
    statusAfterDelete: notes.statusAfterDelete,
  };
}

export function mcpChecks(notes: McpNotes): CheckResult[] {
  if (notes.transport === null) return [];
  const checks = [dialogue(notes)];
  if (notes.transport === 'streamable-http' && notes.streamStatus === 405) {
    for (const id of [
      'status',
      'content-type',
      'charset',
      'silent-gap',
      'heartbeat',
      'buffered',
      'intermediaries',
    ] as const) {
      checks.push({ id, status: 'skip', title: NO_STREAM, evidence: { status: 405 }, hint: '' });
    }
  }
  return checks;
}

/** Whether everything was answered and the session ended. */
function dialogue(notes: McpNotes): CheckResult {
  const { rounds, trouble, deleteStatus, statusAfterDelete, initializedStatus } = notes;
  const answered = rounds.filter((round) => round.trouble === null);
  const evidence = { answered: answered.map(({ method }) => method), deleteStatus, statusAfterDelete };
  const result = (status: CheckResult['status'], title: string, hint: string): CheckResult => ({
    id: 'completion',
    status,
    title,
    evidence,
    hint,
  });
  if (trouble !== null) {
    const failed = rounds.find((round) => round.trouble !== null);
    return result(
      'fail',
      `${failed === undefined ? 'the server sent' : `${failed.method} got`} ${trouble}`,
      'Check the log of the server; behind a proxy, check that it forwards POST and the Mcp-Session-Id header.',
    );
  }
  if (rounds.length === 0)
    return result(
      'fail',
      'no endpoint event arrived, so no request could be sent',
      'In the older transport, the first event says where to POST: check that this is the URL of the stream.',
    );
  if (initializedStatus === null || initializedStatus >= 300) {
    return result(
      'warn',
      `notifications/initialized got ${initializedStatus ?? 'no status'} instead of 202`,
      'Respond with 202 without a body to notifications and responses.',
    );
  }
  if (notes.session === 'unusable')
    return result('warn', 'the session id cannot be sent back in a header', 'Use visible ASCII characters only.');
  if (deleteStatus !== null && deleteStatus !== 405 && deleteStatus >= 300) {
    return result(
      'warn',
      `DELETE of the session got ${deleteStatus}`,
      'End the session, or respond with 405 if clients may not end it.',
    );
  }
  if (statusAfterDelete !== null && statusAfterDelete < 400) {
    return result(
      'warn',
      `the session still responds after DELETE (${statusAfterDelete})`,
      'Remove the session and close its transport; otherwise it leaks.',
    );
  }
  const total = answered.reduce((sum, { answeredMs }) => sum + (answeredMs ?? 0), 0);
  const ending =
    deleteStatus === null
      ? ''
      : deleteStatus === 405
        ? '; the server ends its sessions itself (405)'
        : '; the session ended with DELETE';
  return result(
    'pass',
    `${answered.map(({ method }) => method).join(', ')} took ${formatDuration(total)}${ending}`,
    '',
  );
}

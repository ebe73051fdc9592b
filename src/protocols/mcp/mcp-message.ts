/**
 * JSON-RPC as the Model Context Protocol speaks it over Streamable HTTP: what a client says, under which header
 * fields, and which of what came back answers it.
 *
 * One for the probe and for the load, so that both are the same client. It reads only what an answer needs: what
 * servers send besides is theirs.
 */
import { isFields, type JsonFields, parseJson } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';

/**
 * The latest that is spoken here; the server answers with the one that is used (MCP 2025-11-25, "Version Negotiation").
 */
const PROTOCOL_VERSION = '2025-11-25';
/** "Session IDs MUST only contain visible ASCII characters": any other is not sent back. */
export const SESSION_ID: RegExp = /^[\x21-\x7e]{1,1024}$/;
/** What a POST accepts: "listing both application/json and text/event-stream as supported content types". */
export const ACCEPT_ANSWER = 'application/json, text/event-stream';
const SHOWN_CHARACTERS = 160;
/** Versions are dates; anything longer or other than visible ASCII stays unsent. */
export const PROTOCOL_VERSION_TEXT: RegExp = /^[\x21-\x7e]{1,64}$/;
/** What the protocol has a say in: a field of the user's of the same name does not go along. */
const OWN = new Set(['accept', 'content-type', 'mcp-session-id', 'mcp-protocol-version']);

export type Headers = ReadonlyArray<readonly [name: string, value: string]>;

/** `result` or `error` of a response. */
export type RpcAnswer = { result: JsonFields } | { error: string };

export interface McpHeaders {
  /** What the user gave. */
  headers: Headers;
  accept: string;
  withBody: boolean;
  /** Null: none was given, or none yet. */
  sessionId: string | null;
  protocolVersion: string | null;
}

/** The header fields of any request of the protocol. */
export function mcpHeaders({ headers, accept, withBody, sessionId, protocolVersion }: McpHeaders): Headers {
  return [
    ...headers.filter(([name]) => !OWN.has(name.toLowerCase())),
    ['Accept', accept],
    ...(withBody ? [['Content-Type', 'application/json'] as const] : []),
    ...(sessionId === null ? [] : [['Mcp-Session-Id', sessionId] as const]),
    // "MUST include it on all subsequent requests", from 2025-06-18 on; older servers do not look.
    ...(protocolVersion === null ? [] : [['MCP-Protocol-Version', protocolVersion] as const]),
  ];
}

export function rpcRequest(id: number, method: string, params: JsonFields = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

export function rpcNotification(method: string): string {
  return JSON.stringify({ jsonrpc: '2.0', method });
}

/** @param version of sse-probe: clients introduce themselves */
export function initializeParams(version: string): JsonFields {
  return { protocolVersion: PROTOCOL_VERSION, capabilities: {}, clientInfo: { name: 'sse-probe', version } };
}

/** The answer to `id` in one message, or in a batch of them (as until 2025-03-26); null when it is none. */
export function answerIn(data: string, id: number): RpcAnswer | null {
  const message = parseJson(data);
  for (const one of Array.isArray(message) ? message : [message]) {
    if (!isFields(one) || one['id'] !== id) continue;
    if (isFields(one['error']))
      return {
        error: printable(`${String(one['error']['message'])} (${String(one['error']['code'])})`, SHOWN_CHARACTERS),
      };
    if (isFields(one['result'])) return { result: one['result'] };
  }
  return null;
}

/** What a body says that is an error or anything else. Hostile text. */
export function errorIn(body: string): string {
  const message = parseJson(body);
  const error = isFields(message) ? message['error'] : null;
  return isFields(error) && typeof error['message'] === 'string' ? error['message'] : body;
}

/** A response to the server's own `ping`, null where a message is none: "The receiver MUST respond promptly". */
export function pingResponse(data: string): string | null {
  if (!data.includes('"ping"')) return null;
  const message = parseJson(data);
  if (!isFields(message) || message['method'] !== 'ping') return null;
  const id = message['id'];
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify({ jsonrpc: '2.0', id, result: {} }) : null;
}

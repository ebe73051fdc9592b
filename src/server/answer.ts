/** JSON answers of the endpoints: whole, with their length, never cached. */
import type { ServerResponse } from 'node:http';

/** What went wrong, as programs (`error`) and people (`message`) read it. */
export interface ErrorAnswer {
  statusCode: number;
  error: string;
  message: string;
  headers?: Readonly<Record<string, string>>;
}

export function answerJson(
  res: ServerResponse,
  statusCode: number,
  body: unknown,
  { isHead = false, headers = {} }: { isHead?: boolean; headers?: Readonly<Record<string, string>> } = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  res.writeHead(statusCode, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(isHead ? undefined : text);
}

export function answerRefusal(res: ServerResponse, { statusCode, error, message, headers }: ErrorAnswer): void {
  answerJson(res, statusCode, { error, message }, headers === undefined ? {} : { headers });
}

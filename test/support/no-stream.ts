/** Answers to a request for a stream that are none, by their status or by their type. */

export const NO_STREAM_STATUSES: readonly number[] = [
  201, 202, 203, 205, 206, 210, 299, 300, 304, 400, 401, 403, 404, 407, 410, 418, 429, 500, 502, 503, 504, 599, 999,
];

export const NO_STREAM_TYPES: readonly string[] = [
  '',
  'x bogus',
  'text/x-bogus',
  'text/event-streamx',
  'text/event-stream, text/html',
  'text/html; x="text/event-stream"',
  'application/json',
];

/** With a reason that says nothing, and fields that end in CRLF. */
export function answer(status: number, fields: string, body = ''): string {
  return `HTTP/1.1 ${status} HAHAHAHA\r\n${fields}\r\n${body}`;
}

export function typedAnswer(contentType: string, body = 'data: é\n\n'): string {
  return answer(200, contentType === '' ? '' : `Content-Type: ${contentType}\r\n`, body);
}

/** A stream by its type, and by its status none. */
export function statusAnswer(status: number): string {
  const body = status === 205 || status === 304 ? '' : 'data: data\n\n';
  return answer(
    status,
    `Content-Type: text/event-stream\r\nContent-Length: ${body.length}\r\nRetry-After: 0\r\n`,
    body,
  );
}

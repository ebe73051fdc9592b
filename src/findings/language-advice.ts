/**
 * What to write in the language of a server: in the one that it is known to be written in, else in all of them. Every
 * advice that depends on the language reads this one table.
 */
import { languageOf, type Language } from './server-marks.ts';

interface InLanguage {
  /** Sends the response head before there is an event. */
  readonly head: string;
  /** Why such a server answers one client and keeps the others waiting. */
  readonly clientsAtOnce: string;
  /** Says that the answer is a stream. */
  readonly contentType: string;
}

const WORDS: Readonly<Record<Language, InLanguage>> = {
  Node: {
    head: '`res.flushHeaders()`',
    clientsAtOnce: 'let nothing block the event loop, or hold a lock, while a stream is open',
    contentType: '`res.setHeader`',
  },
  Go: {
    head: '`w.(http.Flusher).Flush()`',
    clientsAtOnce: 'hold no mutex while a stream is open',
    contentType: '`w.Header().Set`',
  },
  Java: {
    head: '`response.flushBuffer()`',
    clientsAtOnce: 'give it a thread for each stream (`server.tomcat.threads.max`), or answer asynchronously',
    contentType: '`produces = TEXT_EVENT_STREAM_VALUE`',
  },
  Python: {
    head: 'a first `yield ": ok\\n\\n"`',
    clientsAtOnce:
      'use workers that serve many clients (`gunicorn -k gevent` or `--threads`; the sync worker serves one), or ASGI (uvicorn)',
    contentType: '`media_type` (FastAPI) or `mimetype` (Flask)',
  },
  Ruby: {
    head: 'a first `stream.write(": ok\\n\\n")` with `ActionController::Live`',
    clientsAtOnce: 'give Puma more threads (`threads 5, 100`); Unicorn serves one client a process',
    contentType: '`response.headers["Content-Type"]`',
  },
  PHP: {
    head: '`ob_end_flush(); flush();`',
    clientsAtOnce:
      'give it more workers (`pm.max_children`, `PHP_CLI_SERVER_WORKERS` of the built-in server), and call `session_write_close()` before the stream',
    contentType: '`header()`',
  },
  '.NET': {
    head: '`await Response.StartAsync()`',
    clientsAtOnce: 'let no stream block a thread of the pool',
    contentType: '`Response.ContentType`',
  },
  Elixir: {
    head: '`send_chunked/2`',
    clientsAtOnce: 'let streams not wait for one process',
    contentType: '`put_resp_content_type/2`',
  },
};

/** Shown where the language is not known; the others are rarer. */
const SHOWN: readonly Language[] = ['Node', 'Go', 'Java', 'Python', 'Ruby', 'PHP'];

const HEAD_BY_PROXY = 'nginx `proxy_buffering off`, or answer with `X-Accel-Buffering: no`';

/** Where a head comes late. @param marks of server-marks.ts; empty where nothing is known of the server */
export function headAdvice(marks = ''): string {
  return `Send the head at once, before there is an event: ${inLanguage(marks, 'head')}. In a proxy, turn response buffering off (${HEAD_BY_PROXY}).`;
}

/** Where no head came at all. */
export function noHeadAdvice(marks = ''): string {
  return `Either a proxy collects the response (${HEAD_BY_PROXY}), or the server sends no head before it has an event (flush it: ${inLanguage(marks, 'head')}), or all its workers are taken.`;
}

/** Where the answer is something else than a stream. */
export function contentTypeAdvice(marks = ''): string {
  return `Check the path. A stream answers 200 with \`Content-Type: text/event-stream\`, which is set by ${inLanguage(marks, 'contentType')}.`;
}

/** Where a server answers some clients and keeps the others waiting. */
export function clientsAtOnceAdvice(marks = ''): string {
  return `Each open stream takes a worker of the server, and there are no more: ${inLanguage(marks, 'clientsAtOnce')}.`;
}

function inLanguage(marks: string, what: keyof InLanguage): string {
  const language = languageOf(marks);
  if (language !== null) return WORDS[language][what];
  if (what === 'clientsAtOnce')
    return (['Python', 'PHP', 'Ruby'] as const).map((name) => `in ${name} ${WORDS[name][what]}`).join('; ');
  return SHOWN.map((name) => `${name} ${WORDS[name][what]}`).join(', ');
}

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
    clientsAtOnce: 'do not block the event loop or hold a lock while a stream is open',
    contentType: '`res.setHeader`',
  },
  Go: {
    head: '`w.(http.Flusher).Flush()`',
    clientsAtOnce: 'hold no mutex while a stream is open',
    contentType: '`w.Header().Set`',
  },
  Java: {
    head: '`response.flushBuffer()`',
    clientsAtOnce: 'use one thread per stream (`server.tomcat.threads.max`), or asynchronous responses',
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
    clientsAtOnce: 'give Puma more threads (`threads 5, 100`); Unicorn serves one client per process',
    contentType: '`response.headers["Content-Type"]`',
  },
  PHP: {
    head: '`ob_end_flush(); flush();`',
    clientsAtOnce:
      'use more workers (`pm.max_children`, `PHP_CLI_SERVER_WORKERS` of the built-in server), and call `session_write_close()` before the stream',
    contentType: '`header()`',
  },
  '.NET': {
    head: '`await Response.StartAsync()`',
    clientsAtOnce: 'do not let a stream block a thread of the pool',
    contentType: '`Response.ContentType`',
  },
  Elixir: {
    head: '`send_chunked/2`',
    clientsAtOnce: 'do not make streams wait for one process',
    contentType: '`put_resp_content_type/2`',
  },
};

/** Shown where the language is not known; the others are rarer. */
const SHOWN: readonly Language[] = ['Node', 'Go', 'Java', 'Python', 'Ruby', 'PHP'];

const HEAD_BY_PROXY = 'nginx `proxy_buffering off;`, or the response header `X-Accel-Buffering: no`';

/** Where a head comes late. @param marks of server-marks.ts; empty where nothing is known of the server */
export function headAdvice(marks = ''): string {
  return `Send the response headers immediately, before the first event: ${inLanguage(marks, 'head')}. In a proxy, turn off response buffering (${HEAD_BY_PROXY}).`;
}

/** Where no head came at all. */
export function noHeadAdvice(marks = ''): string {
  return `Either a proxy buffers the response (${HEAD_BY_PROXY}), or the server sends no response headers before the first event (flush them: ${inLanguage(marks, 'head')}), or all its workers are busy.`;
}

/** Where the answer is something else than a stream. */
export function contentTypeAdvice(marks = ''): string {
  return `Check the path. A stream needs status 200 and \`Content-Type: text/event-stream\`: ${inLanguage(marks, 'contentType')}.`;
}

/** Where a server answers some clients and keeps the others waiting. */
export function clientsAtOnceAdvice(marks = ''): string {
  return `Each open stream occupies a worker of the server, and all are in use: ${inLanguage(marks, 'clientsAtOnce')}.`;
}

function inLanguage(marks: string, what: keyof InLanguage): string {
  const language = languageOf(marks);
  if (language !== null) return WORDS[language][what];
  if (what === 'clientsAtOnce')
    return (['Python', 'PHP', 'Ruby'] as const).map((name) => `in ${name} ${WORDS[name][what]}`).join('; ');
  return SHOWN.map((name) => `${name} ${WORDS[name][what]}`).join(', ');
}

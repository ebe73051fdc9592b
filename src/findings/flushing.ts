/**
 * How a response head, and each event, is sent at once: for the language that a server is known to be written in, else
 * for all of them. Every advice that depends on the language reads this one table.
 */
import { languageOf, type Language } from './server-marks.ts';

interface Flushing {
  /** Sends the response head before there is an event. */
  readonly head: string;
  /** Why such a server answers one client and keeps the others waiting. */
  readonly clientsAtOnce: string;
}

const FLUSHING: Readonly<Record<Language, Flushing>> = {
  Node: {
    head: '`res.flushHeaders()`',
    clientsAtOnce: 'let nothing block the event loop, or hold a lock, while a stream is open',
  },
  Go: {
    head: '`w.(http.Flusher).Flush()`',
    clientsAtOnce: 'hold no mutex while a stream is open',
  },
  Java: {
    head: '`response.flushBuffer()`',
    clientsAtOnce: 'give it a thread for each stream (`server.tomcat.threads.max`), or answer asynchronously',
  },
  Python: {
    head: 'a first `yield ": ok\\n\\n"`',
    clientsAtOnce:
      'use workers that serve many clients (`gunicorn -k gevent` or `--threads`; the sync worker serves one), or ASGI (uvicorn)',
  },
  Ruby: {
    head: 'a first `stream.write(": ok\\n\\n")` with `ActionController::Live`',
    clientsAtOnce: 'give Puma more threads (`threads 5, 100`); Unicorn serves one client a process',
  },
  PHP: {
    head: '`ob_end_flush(); flush();`',
    clientsAtOnce:
      'give it more workers (`pm.max_children`, `PHP_CLI_SERVER_WORKERS` of the built-in server), and call `session_write_close()` before the stream',
  },
  '.NET': {
    head: '`await Response.StartAsync()`',
    clientsAtOnce: 'let no stream block a thread of the pool',
  },
  Elixir: { head: '`send_chunked/2`', clientsAtOnce: 'let streams not wait for one process' },
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

/** Where a server answers some clients and keeps the others waiting. */
export function clientsAtOnceAdvice(marks = ''): string {
  return `Each open stream takes a worker of the server, and there are no more: ${inLanguage(marks, 'clientsAtOnce')}.`;
}

function inLanguage(marks: string, what: keyof Flushing): string {
  const language = languageOf(marks);
  if (language !== null) return FLUSHING[language][what];
  if (what === 'clientsAtOnce')
    return (['Python', 'PHP', 'Ruby'] as const).map((name) => `in ${name} ${FLUSHING[name][what]}`).join('; ');
  return SHOWN.map((name) => `${name} ${FLUSHING[name][what]}`).join(', ');
}

/**
 * By what a server can be known: the few fields of its answers in which software names itself, and the usual words of
 * its error pages. Advice that depends on the language or on the proxy reads them; nobody is judged by them, since any
 * of them can be turned off or made up.
 */
import { printable } from '../core/printable.ts';

/** Fields in which servers, frameworks and proxies name themselves. */
const NAMING_FIELDS = [
  'server',
  'x-powered-by',
  'via',
  'x-runtime',
  'x-aspnet-version',
  'x-varnish',
  'cf-ray',
  'x-amz-cf-id',
  'x-envoy-upstream-service-time',
  'keep-alive',
] as const;
const MAX_MARKS = 400;

export type Language = 'Node' | 'Go' | 'Java' | 'Python' | 'Ruby' | 'PHP' | '.NET' | 'Elixir';

/** The first that fits names the language; bytes of an error page stand behind the fields. */
const LANGUAGES: readonly (readonly [RegExp, Language])[] = [
  [/^x-powered-by: (?:express|next\.js|nuxt|nest|sails|koa|hapi|fastify)/m, 'Node'],
  [/^x-powered-by: php|^server: .*php|^body: .*(?:<b>fatal error<\/b>|symfony|laravel)/m, 'PHP'],
  [/^x-powered-by: (?:asp\.net|servicestack)|^server: (?:kestrel|microsoft-)|^x-aspnet-version: /m, '.NET'],
  [
    /^server: .*(?:uvicorn|gunicorn|hypercorn|werkzeug|daphne|waitress|granian|cheroot|cherrypy|tornado|aiohttp|wsgiserver|python|gevent|sanic|uwsgi)|^body: .*(?:\{"detail":"|<title>page not found at \/)/m,
    'Python',
  ],
  [
    /^server: .*(?:puma|unicorn|webrick|thin|passenger|falcon|iodine)|^x-powered-by: .*(?:phusion|passenger)|^x-runtime: [\d.]+$|^body: .*(?:no route matches|routing error)/m,
    'Ruby',
  ],
  [/^server: .*cowboy|^server: bandit|^body: .*phoenix\.router/m, 'Elixir'],
  [
    /^server: .*(?:jetty|tomcat|coyote|undertow|netty|wildfly|glassfish|weblogic|vert\.x)|^x-powered-by: .*(?:servlet|jsp|undertow)|^body: .*(?:apache tomcat|whitelabel error page|"timestamp":.*"status":\d+,"error":)/m,
    'Java',
  ],
  [/^server: fasthttp|^server: .*\bgolang|^body: 404 page not found/m, 'Go'],
  [/^body: .*cannot get \//m, 'Node'],
];

/** The program that listens, where the server runs on this machine. */
const PROGRAMS: readonly (readonly [RegExp, Language])[] = [
  [/^process: (?:node|bun|deno)\b/m, 'Node'],
  [/^process: (?:python|gunicorn|uvicorn|uwsgi)/m, 'Python'],
  [/^process: (?:ruby|puma|unicorn)/m, 'Ruby'],
  [/^process: php/m, 'PHP'],
  [/^process: java\b/m, 'Java'],
  [/^process: dotnet\b/m, '.NET'],
  [/^process: beam/m, 'Elixir'],
];

/** node:http names nobody, but says how long it keeps a connection; Apache, which says so too, names itself. */
const NODE_KEEPS = /^keep-alive: timeout=\d+$/m;
const NAMED = /^(?:server|via): /m;

/** One line for each field, in small letters, printable and bounded. @param body the beginning of an error page */
export function serverMarks(headers: ReadonlyMap<string, string>, body = ''): string {
  const lines = NAMING_FIELDS.flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [`${name}: ${printable(value.trim(), 80)}`];
  });
  if (body !== '') lines.push(`body: ${printable(body.trim().replaceAll(/\s+/g, ' '), 150)}`);
  return lines.join('\n').toLowerCase().slice(0, MAX_MARKS);
}

/** @param name of the program that listens at the address of the server */
export function programMarks(name: string): string {
  return `process: ${printable(name, 80)}`.toLowerCase();
}

/** Null where nothing names it. @param marks as `serverMarks` gives them; of several answers, joined by line ends */
export function languageOf(marks: string): Language | null {
  const named = [...LANGUAGES, ...PROGRAMS].find(([pattern]) => pattern.test(marks))?.[1];
  if (named !== undefined) return named;
  return NODE_KEEPS.test(marks) && !NAMED.test(marks) ? 'Node' : null;
}

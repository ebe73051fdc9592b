/**
 * What stands between a server and its clients, and after how long each cuts a stream by default.
 *
 * Two kinds must not be mixed: an idle limit starts anew with each byte, so a heartbeat keeps the stream; an
 * absolute one does not care what flows, so only coming back helps. A first-byte limit is over once the head is
 * there. Defaults change and are raised by hand: each row says where it was read (November 2026), and a layer
 * that is not here may cut all the same. Layers without a limit by default (Caddy, Traefik, Go) are not here:
 * limit-directives.ts names the directive by which they get one. What collects bytes before it passes them on has no
 * limit that a heartbeat could keep: it stands apart, in buffering-layers.ts. nginx's `send_timeout` is not here: it
 * cuts clients that do not read, whatever the stream says.
 */
import { CLOUDS } from './cloud-intermediaries.ts';
import type { Intermediary } from './intermediary.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts';
const HEROKU = 'https://devcenter.heroku.com/articles/request-timeout';

export const INTERMEDIARIES: readonly Intermediary[] = [
  {
    name: 'nginx',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    note: 'between two reads from the server; proxy_read_timeout',
  },
  {
    name: 'ingress-nginx',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
    note: 'annotation proxy-read-timeout',
  },
  {
    name: 'Apache httpd',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: 'https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxytimeout',
    note: 'ProxyTimeout, else TimeOut',
  },
  {
    name: 'HAProxy',
    limitMs: 50 * SECOND_MS,
    kind: 'idle',
    isExample: true,
    source: 'https://docs.haproxy.org/',
    note: 'timeout server and timeout client: no default, 50s in most examples; timeout tunnel once a connection is upgraded',
  },
  {
    name: 'Varnish',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: 'https://varnish-cache.org/docs/7.7/reference/varnishd.html#between-bytes-timeout',
    note: 'between_bytes_timeout of the backend',
  },
  {
    name: 'Varnish, first byte',
    limitMs: 60 * SECOND_MS,
    kind: 'first-byte',
    source: 'https://varnish-cache.org/docs/7.7/reference/varnishd.html#first-byte-timeout',
    note: 'first_byte_timeout of the backend',
  },
  {
    name: 'Envoy route',
    limitMs: 15 * SECOND_MS,
    kind: 'absolute',
    source: ENVOY,
    note: '`timeout` of the route, a second later for HTTP/1.1 clients; must be off (0s) for streams',
  },
  { name: 'Envoy stream', limitMs: 5 * MINUTE_MS, kind: 'idle', source: ENVOY, note: 'stream_idle_timeout' },
  ...CLOUDS,
  { name: 'Heroku router, first byte', limitMs: 30 * SECOND_MS, kind: 'first-byte', source: HEROKU, note: 'H12' },
  {
    name: 'Heroku router',
    limitMs: 55 * SECOND_MS,
    kind: 'idle',
    source: HEROKU,
    note: 'each byte in either direction counts; H15',
  },
  {
    name: 'Railway, idle',
    limitMs: 5 * MINUTE_MS,
    kind: 'idle',
    source: 'Railway documentation, specs and limits of public networking',
    note: 'measured as 300.4s',
  },
  {
    name: 'Railway',
    limitMs: 15 * MINUTE_MS,
    kind: 'absolute',
    source: 'Railway documentation, specs and limits of public networking',
    note: 'longest request',
  },
  {
    name: 'Google external Application Load Balancer',
    limitMs: 30 * SECOND_MS,
    kind: 'absolute',
    source: 'https://cloud.google.com/compute/docs/reference/rest/v1/backendServices',
    note: 'timeoutSec of the backend service; it can be raised',
  },
  {
    name: 'Google Cloud Run',
    limitMs: 5 * MINUTE_MS,
    kind: 'absolute',
    source: 'https://cloud.google.com/run/docs/configuring/request-timeout',
    note: 'request timeout, up to 60m',
  },
  {
    name: 'Azure App Service',
    limitMs: 230 * SECOND_MS,
    kind: 'idle',
    source: 'Microsoft Q&A 1465927',
    note: 'its load balancer',
  },
  {
    name: 'Azure Load Balancer',
    limitMs: 4 * MINUTE_MS,
    kind: 'idle',
    source: 'https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-idle-timeout',
    note: 'drops the flow silently unless TCP reset is enabled',
  },
  {
    name: 'Azure Application Gateway',
    limitMs: 20 * SECOND_MS,
    kind: 'idle',
    source: 'https://learn.microsoft.com/azure/application-gateway/configuration-http-settings',
    note: 'request timeout of the backend setting',
  },
  {
    name: 'Azure Front Door',
    limitMs: 30 * SECOND_MS,
    kind: 'idle',
    source: 'Azure Front Door documentation, origin response timeout',
    note: 'can be raised',
  },
  {
    name: 'IIS',
    limitMs: 120 * SECOND_MS,
    kind: 'idle',
    source: 'https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/limits',
    note: 'connectionTimeout',
  },
  {
    name: 'fetch of Node.js (undici)',
    limitMs: 300 * SECOND_MS,
    kind: 'idle',
    source: 'undici documentation, bodyTimeout',
    note: 'a client, or a proxy built on it',
  },
  {
    name: 'Vercel Functions',
    limitMs: 5 * MINUTE_MS,
    kind: 'absolute',
    source: 'https://vercel.com/docs/functions/limitations',
    note: 'maxDuration; it depends on the plan',
  },
  {
    name: 'Vercel Edge Functions, first byte',
    limitMs: 25 * SECOND_MS,
    kind: 'first-byte',
    source: 'https://vercel.com/docs/functions/limitations',
    note: 'time for the response to begin',
  },
  {
    name: 'Netlify Edge Functions, first byte',
    limitMs: 40 * SECOND_MS,
    kind: 'first-byte',
    source: 'https://docs.netlify.com/build/edge-functions/limits/',
    note: 'response header timeout',
  },
  {
    name: 'AWS Lambda web functions',
    limitMs: 30 * SECOND_MS,
    kind: 'absolute',
    source: 'AWS Lambda developer guide, web functions, revisions and timeout',
    note: 'the client sees 200 and a truncated body; up to 900s',
  },
  {
    name: 'Tomcat, Spring SseEmitter',
    limitMs: 30 * SECOND_MS,
    kind: 'absolute',
    source: 'https://tomcat.apache.org/tomcat-10.1-doc/config/http.html',
    note: 'asyncTimeout of the connector, if new SseEmitter() has no timeout of its own',
  },
  {
    name: 'gunicorn, sync worker',
    limitMs: 30 * SECOND_MS,
    kind: 'absolute',
    source: 'https://docs.gunicorn.org/en/stable/settings.html#timeout',
    note: '--timeout: the worker is killed in the middle of its response',
  },
  {
    name: 'Mercure hub',
    limitMs: 60 * SECOND_MS,
    kind: 'absolute',
    source: 'https://github.com/dunglas/mercure/issues/335',
    note: 'write_timeout',
  },
];

/**
 * What stands between a server and its clients, and after how long each cuts a stream by default.
 *
 * Two kinds must not be mixed: an idle limit starts anew with each byte, so a heartbeat keeps the stream; an
 * absolute one does not care what flows, so only coming back helps. A first-byte limit is over once the head is
 * there. Defaults change and are raised by hand: each row says where it was read (November 2026), and a layer
 * that is not here may cut all the same. Layers without a limit of their own (Caddy, Traefik's responses,
 * HAProxy until it is configured) are not here. What collects bytes before it passes them on has no limit that a
 * heartbeat could keep: it stands apart, in BUFFERING. nginx's `send_timeout` is not here: it cuts clients that do
 * not read, whatever the stream says.
 */
export type LimitKind = 'idle' | 'absolute' | 'first-byte';

export interface Intermediary {
  readonly name: string;
  readonly limitMs: number;
  readonly kind: LimitKind;
  /** Other values that were documented or measured for the same layer. */
  readonly alsoMs?: readonly number[];
  /** Where it was read: a page, or its address. */
  readonly source: string;
  /** What it applies to, or what raises it. */
  readonly note: string;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const AWS_ELB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest';
const API_GATEWAY = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html';
const ENVOY = 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts';
const CLOUDFLARE = 'https://developers.cloudflare.com/fundamentals/reference/connection-limits/';
const HEROKU = 'https://devcenter.heroku.com/articles/request-timeout';
const AKAMAI = 'techdocs.akamai.com, Property Manager, readTimeout';
const FASTLY = 'https://www.fastly.com/documentation/reference/vcl/variables/backend-connection/';

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
    source: 'https://docs.haproxy.org/',
    note: 'timeout server and timeout client: no default, 50s in most examples; timeout tunnel is not for streams',
  },
  {
    name: 'Envoy route',
    limitMs: 15 * SECOND_MS,
    kind: 'absolute',
    source: ENVOY,
    note: 'route timeout: for streams it must be turned off (0s)',
  },
  { name: 'Envoy stream', limitMs: 5 * MINUTE_MS, kind: 'idle', source: ENVOY, note: 'stream_idle_timeout' },
  {
    name: 'AWS Application Load Balancer',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/application/edit-load-balancer-attributes.html`,
    note: 'idle timeout; HTTP/2 PING does not count',
  },
  {
    name: 'AWS Classic Load Balancer',
    limitMs: 60 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/classic/config-idle-timeout.html`,
    note: 'TCP keep-alive does not count',
  },
  {
    name: 'AWS Network Load Balancer',
    limitMs: 350 * SECOND_MS,
    kind: 'idle',
    source: `${AWS_ELB}/network/update-idle-timeout.html`,
    note: 'of the flow; fixed for TLS listeners',
  },
  {
    name: 'AWS API Gateway REST',
    limitMs: 29 * SECOND_MS,
    kind: 'absolute',
    source: API_GATEWAY,
    note: 'buffered responses, its default',
  },
  {
    name: 'AWS API Gateway REST, streaming',
    limitMs: 15 * MINUTE_MS,
    kind: 'absolute',
    source: API_GATEWAY,
    note: 'response transfer mode STREAM',
  },
  {
    name: 'AWS API Gateway REST, streaming, regional',
    limitMs: 5 * MINUTE_MS,
    kind: 'idle',
    source: API_GATEWAY,
    note: 'regional and private endpoints',
  },
  {
    name: 'AWS API Gateway REST, streaming, edge',
    limitMs: 30 * SECOND_MS,
    kind: 'idle',
    source: API_GATEWAY,
    note: 'edge-optimised endpoints',
  },
  {
    name: 'Amazon CloudFront',
    limitMs: 30 * SECOND_MS,
    kind: 'idle',
    source: 'Amazon CloudFront developer guide, origin response timeout',
    note: 'can be raised',
  },
  {
    name: 'Cloudflare',
    limitMs: 100 * SECOND_MS,
    alsoMs: [120 * SECOND_MS, 125 * SECOND_MS],
    kind: 'idle',
    source: CLOUDFLARE,
    note: 'proxy read timeout (524); 100s, 120s and 125s were documented or measured',
  },
  {
    name: 'Cloudflare, first byte',
    limitMs: 100 * SECOND_MS,
    alsoMs: [120 * SECOND_MS, 125 * SECOND_MS],
    kind: 'first-byte',
    source: CLOUDFLARE,
    note: 'the head is held until the first body byte',
  },
  {
    name: 'Cloudflare Workers',
    limitMs: 5 * MINUTE_MS,
    kind: 'idle',
    source: 'https://github.com/cloudflare/agents/issues/1583',
    note: 'as measured there',
  },
  {
    name: 'Fastly, first byte',
    limitMs: 15 * SECOND_MS,
    kind: 'first-byte',
    source: `${FASTLY}bereq-first-byte-timeout/`,
    note: 'bereq.first_byte_timeout',
  },
  {
    name: 'Fastly',
    limitMs: 10 * SECOND_MS,
    kind: 'idle',
    source: `${FASTLY}bereq-between-bytes-timeout/`,
    note: 'bereq.between_bytes_timeout',
  },
  {
    name: 'Akamai',
    limitMs: 5 * SECOND_MS,
    kind: 'idle',
    source: AKAMAI,
    note: 'for each read; the value of the samples',
  },
  {
    name: 'Akamai, first byte',
    limitMs: 20 * SECOND_MS,
    kind: 'first-byte',
    source: AKAMAI,
    note: 'the value of the samples',
  },
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
    note: 'drops the flow without a word unless TCP reset is on',
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
    note: 'a client, or a proxy that is built on it',
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
    note: 'the answer must begin',
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
    name: 'Mercure hub',
    limitMs: 60 * SECOND_MS,
    kind: 'absolute',
    source: 'https://github.com/dunglas/mercure/issues/335',
    note: 'write_timeout',
  },
];

/** What collects a response before it passes it on, by default. */
export interface BufferingLayer {
  readonly name: string;
  /** The response header that makes it pass bytes on at once; null where only its own configuration does. */
  readonly offBy: 'X-Accel-Buffering: no' | null;
  readonly source: string;
  /** What turns it off. */
  readonly note: string;
}

const NGINX_BUFFERING = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering';

export const BUFFERING: readonly BufferingLayer[] = [
  {
    name: 'nginx, buffering',
    offBy: 'X-Accel-Buffering: no',
    source: NGINX_BUFFERING,
    note: 'proxy_buffering off, or X-Accel-Buffering: no (unless proxy_ignore_headers)',
  },

  { name: 'AWS API Gateway REST, buffering', offBy: null, source: API_GATEWAY, note: 'response transfer mode STREAM' },
];

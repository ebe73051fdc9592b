/**
 * What compresses responses in servers and proxies, and how each leaves an event stream out: named where an answer shows
 * who stands there, else for the usual ones.
 */
const GENERAL =
  'A compressor delays events unless it is flushed after each one, and costs memory per client. Send `Cache-Control: no-transform`, and exclude text/event-stream: ';

/** The first that fits stands first: who names itself in `Via` or in a field of its own stands nearer to the client. */
const COMPRESSORS: readonly (readonly [marks: RegExp, name: string, off: string])[] = [
  [
    /^cf-ray: |^server: cloudflare/m,
    'Cloudflare',
    'a Compression Rule without it (Cloudflare honours `Cache-Control: no-transform`)',
  ],
  [/^x-amz-cf-id: |^via: .*cloudfront/m, 'CloudFront', 'a cache policy without `EnableAcceptEncodingGzip`'],
  [/^x-varnish: |^via: .*varnish/m, 'Varnish', '`set beresp.do_gzip = false` in `vcl_backend_response`'],
  [
    /^x-envoy-|^server: envoy/m,
    'Envoy',
    "`content_type` of the compressor filter's `response_direction_config` without it",
  ],
  [/^(?:server|via): .*caddy/m, 'Caddy', '`encode` with a `match` that excludes the type'],
  [
    /^server: .*(?:nginx|openresty)/m,
    'nginx',
    '`gzip off` in its location, or `gzip_types` without it (`brotli_types` likewise)',
  ],
  [
    /^server: apache/m,
    'Apache',
    '`SetEnvIfExpr` with `no-gzip` for its path, or `AddOutputFilterByType DEFLATE` without it',
  ],
  [/^server: haproxy|^via: .*haproxy/m, 'HAProxy', '`compression type` without it'],
  [/^server: .*traefik|^via: .*traefik/m, 'Traefik', '`excludedContentTypes` of the `compress` middleware'],
  [/^x-powered-by: next/m, 'Next.js', '`compress: false`'],
  [/^x-powered-by: express/m, 'Express', 'the `filter` of its `compression`, or `res.flush()` after each event'],
  [/^server: .*(?:uvicorn|hypercorn|daphne|granian)/m, 'Starlette', 'no `GZipMiddleware` around the stream'],
  [/^server: .*(?:jetty|tomcat|coyote|undertow)/m, 'Java', '`server.compression.mime-types` without it'],
  [/^server: kestrel/m, 'ASP.NET', '`ResponseCompressionOptions.MimeTypes` without it'],
  [/^x-powered-by: php/m, 'PHP', '`zlib.output_compression = Off`'],
];

const USUAL =
  "the `filter` of Express' compression (or `res.flush()` after each event), `gzip_types` of nginx, `no-gzip` of Apache, `match` of Caddy's `encode`, `compression type` of HAProxy, `compress: false` of Next.js.";
const MOST_NAMED = 3;

/** @param marks of server-marks.ts; empty where nothing is known of the server */
export function compressorAdvice(marks = ''): string {
  const found = COMPRESSORS.filter(([pattern]) => pattern.test(marks)).slice(0, MOST_NAMED);
  if (found.length === 0) return GENERAL + USUAL;
  return `${GENERAL}${found.map(([, name, off]) => `${name}: ${off}`).join('; ')}.`;
}

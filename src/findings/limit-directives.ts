/**
 * By which directive people set the time after which a layer cuts a stream, and how an answer shows that the layer is
 * on its way.
 *
 * The table of defaults (intermediaries.ts) finds a layer by the time that was measured; a limit that was set by hand
 * has no time to be known by, so this table is for all others. An answer that names a layer narrows it down. That is a
 * hint and no proof: HAProxy and Traefik say nothing of themselves, and another layer may stand in front of the one
 * that is named.
 */
import type { Intermediary, LimitKind } from './intermediary.ts';

interface LimitDirective {
  readonly layer: string;
  readonly kind: Exclude<LimitKind, 'first-byte'>;
  /** In the words of its configuration. */
  readonly directive: string;
}

const DIRECTIVES: readonly LimitDirective[] = [
  { layer: 'nginx', kind: 'idle', directive: '`proxy_read_timeout`' },
  { layer: 'HAProxy', kind: 'idle', directive: '`timeout server`, `timeout client` and `timeout tunnel`' },
  { layer: 'Apache httpd', kind: 'idle', directive: '`ProxyTimeout`' },
  { layer: 'Varnish', kind: 'idle', directive: '`between_bytes_timeout`' },
  { layer: 'Caddy', kind: 'idle', directive: '`read_timeout` of its `transport http`' },
  { layer: 'Envoy', kind: 'idle', directive: '`stream_idle_timeout`' },
  { layer: 'Envoy', kind: 'absolute', directive: '`timeout` of the route (`0s` for streams)' },
  { layer: 'Traefik', kind: 'absolute', directive: '`respondingTimeouts.writeTimeout` of the entry point' },
  { layer: 'Go', kind: 'absolute', directive: '`WriteTimeout` (0, or SetWriteDeadline for each write)' },
  {
    layer: 'Spring',
    kind: 'absolute',
    directive: '`new SseEmitter(0L)`, or `spring.mvc.async.request-timeout`',
  },
  { layer: 'Tomcat', kind: 'absolute', directive: '`asyncTimeout`' },
  { layer: 'gunicorn', kind: 'absolute', directive: '`--timeout` of its sync workers' },
];

/** The first that fits tells: Fastly is built on Varnish, and says so. */
const MARKS: readonly { readonly layer: string; readonly field: string; readonly pattern: RegExp }[] = [
  { layer: 'nginx', field: 'server', pattern: /^(?:nginx|openresty|tengine)\b/i },
  { layer: 'Apache httpd', field: 'server', pattern: /^Apache\b(?!-Coyote| Tomcat)/i },
  { layer: 'Tomcat', field: 'server', pattern: /^Apache(?:-Coyote| Tomcat)/i },
  { layer: 'Caddy', field: 'server', pattern: /^Caddy\b/i },
  { layer: 'Caddy', field: 'via', pattern: /\bCaddy\b/i },
  { layer: 'Envoy', field: 'server', pattern: /^(?:istio-)?envoy\b/i },
  { layer: 'gunicorn', field: 'server', pattern: /^gunicorn\b/i },
  { layer: 'Fastly', field: 'x-served-by', pattern: /^cache-/i },
  { layer: 'Varnish', field: 'via', pattern: /\bvarnish\b/i },
  { layer: 'HAProxy', field: 'via', pattern: /\bhaproxy\b/i },
  { layer: 'Cloudflare', field: 'server', pattern: /^cloudflare\b/i },
  { layer: 'Amazon CloudFront', field: 'via', pattern: /\bcloudfront\b/i },
  { layer: 'Heroku', field: 'via', pattern: /\b(?:heroku|vegur)\b/i },
  { layer: 'Google', field: 'via', pattern: /\b1\.1 google\b/i },
  { layer: 'IIS', field: 'server', pattern: /^Microsoft-IIS\b/i },
];

/** The layers that an answer names: few, and none by a word of the server's own. */
export function layersNamed(headers: ReadonlyMap<string, string>): string[] {
  const named = MARKS.filter(({ field, pattern }) => pattern.test(headers.get(field) ?? '')).map(({ layer }) => layer);
  return [...new Set(named)].filter((layer) => layer !== 'Varnish' || !named.includes('Fastly'));
}

/**
 * Where a limit of this kind is set: by the layers that the answers name; else by all that are known, unless the default
 * of one of these is the limit that was met.
 */
export function whereItIsSet(
  kind: LimitDirective['kind'],
  named: readonly string[],
  byDefault: readonly Pick<Intermediary, 'name' | 'kind'>[],
): string {
  const all = DIRECTIVES.filter((row) => row.kind === kind);
  const ofNamed = all.filter(({ layer }) => named.includes(layer));
  if (ofNamed.length > 0)
    return `The response names ${ofNamed.map(({ layer, directive }) => `${layer}; set ${directive}`).join(', and ')}.`;
  const isDefault = byDefault.some((row) => row.kind === kind && all.some(({ layer }) => row.name.startsWith(layer)));
  return isDefault
    ? ''
    : `It can be set by ${all.map(({ layer, directive }) => `${directive} in ${layer}`).join(', ')}.`;
}

/** Whether the layers that the answers name have an idle limit, and none of them an absolute one. */
export function haveOnlyIdleLimits(named: readonly string[]): boolean {
  const ofNamed = DIRECTIVES.filter(({ layer }) => named.includes(layer));
  return ofNamed.length > 0 && ofNamed.every(({ kind }) => kind === 'idle');
}

import { expect, it } from 'vitest';
import { haveOnlyIdleLimits, layersNamed, whereItIsSet } from '../../src/findings/limit-directives.ts';

it.each<[headers: Record<string, string>, named: string[]]>([
  [{ server: 'nginx/1.22.1' }, ['nginx']],
  [{ server: 'openresty' }, ['nginx']],
  [{ server: 'Apache/2.4.71 (Debian)' }, ['Apache httpd']],
  [{ server: 'Apache-Coyote/1.1' }, ['Tomcat']],
  [{ server: 'Caddy' }, ['Caddy']],
  [{ server: 'envoy' }, ['Envoy']],
  [{ via: '1.1 varnish (Varnish/7.1)' }, ['Varnish']],
  [{ via: '1.1 varnish', 'x-served-by': 'cache-fra-1' }, ['Fastly']],
  [{ server: 'nginx', via: '1.1 google' }, ['nginx', 'Google']],
  [{ server: 'nginx-unlike' }, ['nginx']],
  [{ server: 'uvicorn' }, []],
  [{}, []],
])('the answer %j names %j', (headers, named) => {
  expect(layersNamed(new Map(Object.entries(headers)))).toEqual(named);
});

it('a limit is set in the layer that the answer names, in the words of its configuration', () => {
  expect(whereItIsSet('idle', ['Apache httpd'], [])).toBe('The response names Apache httpd; set `ProxyTimeout`.');
  expect(whereItIsSet('absolute', ['Apache httpd'], [])).toContain('`WriteTimeout`');
});

it('a limit may be set in any layer where the answer names none', () => {
  for (const directive of ['proxy_read_timeout', 'timeout server', 'between_bytes_timeout', 'read_timeout'])
    expect(whereItIsSet('idle', [], [])).toContain(directive);
  for (const directive of ['WriteTimeout', 'writeTimeout', 'SseEmitter', 'asyncTimeout'])
    expect(whereItIsSet('absolute', [], [])).toContain(directive);
});

it('no list of layers stands beside the default that was met', () => {
  expect(whereItIsSet('idle', [], [{ name: 'nginx', kind: 'idle' }])).toBe('');
  expect(whereItIsSet('idle', [], [{ name: 'Akamai', kind: 'idle' }])).toContain('proxy_read_timeout');
});

it('only layers without a limit of age decide that a limit is one of silence', () => {
  expect(haveOnlyIdleLimits(['nginx'])).toBe(true);
  expect(haveOnlyIdleLimits(['nginx', 'Envoy'])).toBe(false);
  expect(haveOnlyIdleLimits(['Google'])).toBe(false);
  expect(haveOnlyIdleLimits([])).toBe(false);
});

/**
 * Where a server tells a figure of itself: `URL#SELECTOR`, the value of `--server-metrics` and of `--server-clients`.
 *
 * A selector that begins with a slash is a JSON pointer (RFC 6901); every other one is a Prometheus series by
 * name, with labels where they are needed: `process_resident_memory_bytes{instance="a"}`. Of the labels that
 * it names all must be equal; what it does not name is as it may be. No patterns, no arithmetic: a user who needs
 * more asks a Prometheus server with a query of its own, whose answer is JSON.
 */
import { quote } from '../../core/printable.ts';
import { POINTER_PATTERN, pointerPath } from '../../core/json-pointer.ts';
import { httpUrl, URL_PATTERN } from './urls.ts';
import { type Kind, scalar, ValueError } from './value-kind.ts';

export interface MetricsSource {
  /** URL of the metrics, without its fragment; it may hold a user and a password. */
  readonly url: string;
  readonly selector: string;
}

export type MetricsSelector =
  | { readonly form: 'json'; readonly path: readonly string[] }
  | { readonly form: 'prometheus'; readonly name: string; readonly labels: ReadonlyMap<string, string> };

/** What client libraries of all languages call it. */
export const DEFAULT_SELECTOR = 'process_resident_memory_bytes';

const MAX_SELECTOR = 500;
const POINTER = new RegExp(`^${POINTER_PATTERN}$`);
const NAME = '[A-Za-z_:][\\w:]*';
const LABEL = String.raw`[A-Za-z_]\w*="(?:[^"\\]|\\["\\n])*"`;
const SERIES = new RegExp(String.raw`^(${NAME})(?:\{((?:${LABEL})(?:, ?${LABEL})*)?\})?$`);

/** `URL#process_resident_memory_bytes`, `URL#/memory/rssBytes`: a server's memory. */
export const metricsSource: Kind<MetricsSource> = source(
  () => DEFAULT_SELECTOR,
  'http://127.0.0.1:9090/metrics#process_resident_memory_bytes',
);

/** `URL#sse_clients_connected`, `URL#/clients/connected`: nobody agrees on a name, so it has to be given. */
export const clientsSource: Kind<MetricsSource> = source(() => {
  throw new ValueError(
    'does not say which value to read; add #/clients/connected (a JSON pointer) or #sse_clients_connected (a series)',
  );
}, 'http://127.0.0.1:9090/stats#/clients/connected');

function source(unselected: () => string, example: string): Kind<MetricsSource> {
  return scalar({
    placeholder: 'url#selector',
    schema: { type: 'string', pattern: URL_PATTERN },
    show: ({ url, selector }) => `${url}#${selector}`,
    parse(given): MetricsSource {
      const hash = given.indexOf('#');
      const address = hash === -1 ? given : given.slice(0, hash);
      const url = httpUrl(address, { example, can: 'read' });
      const selector = hash === -1 ? unselected() : given.slice(hash + 1);
      parseSelector(selector);
      return { url: url.href, selector };
    },
  });
}

/** @throws {ValueError} */
export function parseSelector(text: string): MetricsSelector {
  if (text.length > MAX_SELECTOR) throw new ValueError(`has a selector of more than ${MAX_SELECTOR} characters`);
  if (text.startsWith('/')) {
    if (!POINTER.test(text))
      throw new ValueError(`${quote(text)} is not a JSON pointer such as /memory/rssBytes (RFC 6901)`);
    return { form: 'json', path: pointerPath(text) };
  }
  const match = SERIES.exec(text);
  if (match === null) {
    throw new ValueError(
      `${quote(text)} is neither a series such as ${DEFAULT_SELECTOR} or name{label="value"}, nor a JSON pointer such as /memory/rssBytes`,
    );
  }
  return { form: 'prometheus', name: match[1] as string, labels: parseLabels(match[2] ?? '') };
}

/** What stands between the braces of a series. */
export function parseLabels(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g))
    labels.set(name as string, unescape(value as string));
  return labels;
}

/** Text exposition format 0.0.4: backslash, double quote and line feed are escaped, and nothing else. */
function unescape(value: string): string {
  return value.replace(/\\(["\\n])/g, (_escape, what: string) => (what === 'n' ? '\n' : what));
}

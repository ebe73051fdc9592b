/** What every command that asks a server takes alike, under the heading that it has for it. */
import { list } from './values/value-kind.ts';
import { toggle, variableName } from './values/words.ts';
import type { OptionTable } from './option.ts';
import type { Rule } from './resolve.ts';
import { duration, size } from './values/quantities.ts';
import { bodyText } from './values/body-text.ts';
import { header, type Header } from './values/header.ts';
import { method } from './values/method.ts';
import { filePath } from './values/server-values.ts';

/** The request itself. */
export function requestRows(group: string) {
  return {
    method: {
      flag: 'method',
      letter: 'X',
      group,
      kind: method,
      default: 'GET',
      defaultWith: { key: 'body', default: 'POST' },
      help: 'HTTP method; the default is POST if there is a body',
    },
    headers: { flag: 'header', letter: 'H', group, kind: list(header), default: [], help: 'request header' },
    body: {
      flag: 'body',
      letter: 'd',
      group,
      kind: bodyText,
      default: null,
      unset: 'none',
      help: 'request body, sent unchanged; a JSON body is sent as application/json, unless --header sets a Content-Type',
    },
    bearerEnv: {
      flag: 'bearer-env',
      group,
      kind: variableName,
      default: null,
      unset: 'none',
      help: 'environment variable with the bearer token to send',
    },
  } as const satisfies OptionTable;
}

/** How much of a stream is held before it is called too much: by default what the parser takes. */
export function limitRows(group: string) {
  return {
    maxLineBytes: {
      flag: 'max-line',
      group,
      kind: size('16B', '256MiB'),
      default: '16MiB',
      help: 'longest line of a stream',
    },
    maxEventBytes: {
      flag: 'max-event',
      group,
      kind: size('16B', '256MiB'),
      default: '32MiB',
      help: 'largest data of one event',
    },
  } as const satisfies OptionTable;
}

/** How long a server may take to begin to listen. */
export function waitRows(group: string) {
  return {
    waitMs: {
      flag: 'wait',
      group,
      kind: duration('0s', '1h'),
      default: '0s',
      help: 'longest time to wait until the target accepts connections; other time limits start afterwards',
    },
  } as const satisfies OptionTable;
}

/** Which certificates are believed. */
export function trustRows(group: string) {
  return {
    insecure: { flag: 'insecure', letter: 'k', group, kind: toggle, default: 'false', help: 'accept any certificate' },
    caFile: {
      flag: 'ca',
      group,
      kind: filePath,
      default: null,
      unset: "Node's own",
      help: 'PEM file with the certificate authorities to trust',
    },
  } as const satisfies OptionTable;
}

/** What fingers that know curl type, and what needs no option here. */
export const curlRows = {
  noBuffer: {
    flag: 'no-buffer',
    letter: 'N',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'accepted for compatibility with curl, without effect: output is never buffered',
  },
} as const satisfies OptionTable;

/** The header that a body gets where it is JSON. */
export const JSON_TYPE: Header = Object.freeze(['Content-Type', 'application/json'] as const);

/** An object or a list: a number or a word may be anything. */
function isJson(body: string): boolean {
  if (!/^\s*[[{]/.test(body)) return false;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** The plan with the Content-Type of a body that is JSON, where no header says what the body is. */
export function withBodyType<Plan extends { readonly body: string | null; readonly headers: readonly Header[] }>(
  plan: Plan,
): Plan {
  const { body, headers } = plan;
  if (body === null || !isJson(body) || headers.some(([name]) => name.toLowerCase() === 'content-type')) return plan;
  return Object.freeze({ ...plan, headers: Object.freeze([...headers, JSON_TYPE]) });
}

export const bearerRule: Rule<{ readonly bearerEnv: string | null; readonly headers: readonly Header[] }> = ({
  bearerEnv,
  headers,
}) =>
  bearerEnv !== null && headers.some(([name]) => name.toLowerCase() === 'authorization')
    ? {
        keys: ['bearerEnv', 'headers'],
        message: 'a bearer token and an Authorization header exclude each other',
        hint: 'Remove one of them.',
      }
    : null;

export const proxyRule: Rule<{ readonly proxy: string | null; readonly transport: string }> = ({ proxy, transport }) =>
  proxy !== null && transport !== 'undici'
    ? {
        keys: ['proxy', 'transport'],
        message: 'the wire transport does not support proxies',
        hint: 'Add --transport undici.',
      }
    : null;

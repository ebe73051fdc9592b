import { quote } from '../core/printable.ts';
import { redactUrl } from '../core/redact.ts';
import { allowedTarget } from './values/allowed-target.ts';
import { type Kind, list, scalar, ValueError } from './values/value-kind.ts';
import { int } from './values/quantities.ts';
import { oneOf } from './values/words.ts';
import { PROFILE_NAMES } from '../protocols/profiles.ts';
import type { OptionTable, PlanOf } from './option.ts';
import type { Rule } from './resolve.ts';

/** Where the exporter listens. */
export interface ListenAddress {
  /** Address to listen on; null for every address of this machine. */
  readonly host: string | null;
  readonly port: number;
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([^\s/@?#:[\]]+))?:(\d{1,5})$/;

/** `:9099`, `127.0.0.1:9099`, `[::1]:9099` */
const listenAddress: Kind<ListenAddress> = scalar({
  placeholder: 'host:port',
  schema: { type: 'string', pattern: ADDRESS.source },
  parse(given) {
    const match = ADDRESS.exec(given);
    if (match === null)
      throw new ValueError(`${quote(redactUrl(given))} is not HOST:PORT or :PORT, such as 127.0.0.1:9099`);
    const port = Number(match[3]);
    if (port > 65_535) throw new ValueError(`${quote(redactUrl(given))} has a port out of range; the most is 65535`);
    return { host: match[1] ?? match[2] ?? null, port };
  },
});

/** What makes an exporter of `sse-probe probe`; its other options then hold for every probe. */
export const exporterOptions = {
  serve: {
    flag: 'serve',
    group: 'Exporter',
    kind: listenAddress,
    default: null,
    unset: 'off',
    help: 'probe what Prometheus asks for, at http://HOST:PORT/probe?target=URL; :9099 listens on every address',
  },
  allowedTargets: {
    flag: 'allow-target',
    group: 'Exporter',
    kind: list(allowedTarget),
    default: [],
    help: 'what may be asked for: HOST, HOST:PORT or *.DOMAIN for https (this machine: http too), or the beginning of a URL',
  },
  allowedProfiles: {
    flag: 'allow-profile',
    group: 'Exporter',
    kind: list(oneOf('profile', PROFILE_NAMES)),
    default: [],
    help: 'a profile that may be asked for beside sse and that of --profile: others send POST, with the token that the exporter has',
  },
  maxProbes: {
    flag: 'max-probes',
    group: 'Exporter',
    kind: int(1, 1000),
    default: '20',
    help: 'probes at once; further ones get 503',
  },
} as const satisfies OptionTable;

export type ExporterPlan = PlanOf<typeof exporterOptions>;

export const exporterRules: readonly Rule<
  ExporterPlan & { readonly watchMs: number | null; readonly waitMs: number; readonly reports: readonly unknown[] }
>[] = [
  ({ serve, allowedTargets }) =>
    serve !== null && allowedTargets.length === 0
      ? {
          keys: ['serve'],
          message: 'needs at least one --allow-target: whoever reaches it chooses what is probed',
          hint: 'For example: --allow-target https://api.example.com/',
        }
      : null,
  ({ serve, allowedTargets }) =>
    serve === null && allowedTargets.length > 0
      ? { keys: ['allowedTargets'], message: 'is for an exporter', hint: 'Add --serve :9099, or leave it out.' }
      : null,
  ({ serve, allowedProfiles }) =>
    serve === null && allowedProfiles.length > 0
      ? { keys: ['allowedProfiles'], message: 'is for an exporter', hint: 'Add --serve :9099, or leave it out.' }
      : null,
  ({ serve, watchMs }) =>
    serve !== null && watchMs !== null
      ? {
          keys: ['watchMs'],
          message: 'an exporter probes when it is asked to',
          hint: 'Leave one of --serve and --watch out.',
        }
      : null,
  ({ serve, waitMs }) =>
    serve !== null && waitMs > 0
      ? {
          keys: ['waitMs'],
          message: 'an exporter is to say at once that nobody answers',
          hint: 'Leave one of --serve and --wait out.',
        }
      : null,
  ({ serve, reports }) =>
    serve !== null && reports.length > 0
      ? {
          keys: ['reports'],
          message: 'an exporter answers with what it found, and writes no files',
          hint: 'Leave one of --serve and --report out.',
        }
      : null,
];

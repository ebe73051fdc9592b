import { allowedTarget } from './values/allowed-target.ts';
import { listenAddress } from './values/listen-address.ts';
import { list } from './values/value-kind.ts';
import { int } from './values/quantities.ts';
import { oneOf } from './values/words.ts';
import { PROFILE_NAMES } from '../protocols/profiles.ts';
import type { OptionTable, PlanOf } from './option.ts';
import type { Rule } from './resolve.ts';

/** What makes an exporter of `sse-probe probe`; its other options then hold for every probe. */
export const exporterOptions = {
  serve: {
    flag: 'serve',
    group: 'Exporter',
    kind: listenAddress,
    default: null,
    unset: 'off',
    help: 'run as an exporter that probes http://HOST:PORT/probe?target=URL on request; :9099 listens on all addresses',
  },
  allowedTargets: {
    flag: 'allow-target',
    group: 'Exporter',
    kind: list(allowedTarget),
    default: [],
    help: 'target that may be probed: HOST, HOST:PORT or *.DOMAIN for https (on this machine also http), or a URL prefix',
  },
  allowedProfiles: {
    flag: 'allow-profile',
    group: 'Exporter',
    kind: list(oneOf('profile', PROFILE_NAMES)),
    default: [],
    help: 'profile that may be requested besides sse and --profile; these profiles send POST with the token of the exporter',
  },
  maxProbes: {
    flag: 'max-probes',
    group: 'Exporter',
    kind: int(1, 1000),
    default: '20',
    help: 'maximum number of concurrent probes; more are rejected with 503',
  },
  history: {
    flag: 'history',
    group: 'Exporter',
    kind: int(0, 1000),
    default: '100',
    help: 'last probes, and as many failed ones, whose text the exporter shows at /; 0 keeps none',
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
          message: 'needs at least one --allow-target: every client of the exporter chooses what it probes',
          hint: 'For example: --allow-target https://api.example.com/',
        }
      : null,
  ({ serve, allowedTargets }) =>
    serve === null && allowedTargets.length > 0
      ? {
          keys: ['allowedTargets'],
          message: 'works only with --serve',
          hint: 'Add --serve :9099, or remove this option.',
        }
      : null,
  ({ serve, allowedProfiles }) =>
    serve === null && allowedProfiles.length > 0
      ? {
          keys: ['allowedProfiles'],
          message: 'works only with --serve',
          hint: 'Add --serve :9099, or remove this option.',
        }
      : null,
  ({ serve, watchMs }) =>
    serve !== null && watchMs !== null
      ? {
          keys: ['watchMs'],
          message: 'cannot be combined with --serve: an exporter probes on request',
          hint: 'Remove one of them.',
        }
      : null,
  ({ serve, waitMs }) =>
    serve !== null && waitMs > 0
      ? {
          keys: ['waitMs'],
          message: 'cannot be combined with --serve: an exporter reports an unreachable target immediately',
          hint: 'Remove one of them.',
        }
      : null,
  ({ serve, reports }) =>
    serve !== null && reports.length > 0
      ? {
          keys: ['reports'],
          message: 'an exporter writes no report files',
          hint: 'Remove one of them.',
        }
      : null,
];

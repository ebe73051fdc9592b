import { PROFILE_NAMES, profileHelp, PROFILES } from '../protocols/profiles.ts';
import { bearerRule, curlRows, limitRows, requestRows, trustRows, waitRows } from './asking-options.ts';
import { CHECK_IDS } from '../findings/check-rows.ts';
import { exporterOptions, exporterRules } from './exporter-options.ts';
import { fieldOptions } from './field-options.ts';
import { list } from './values/value-kind.ts';
import { duration } from './values/quantities.ts';
import { oneOf, text, toggle } from './values/words.ts';
import type { OptionTable, PlanOf } from './option.ts';
import { PROBE_REPORT_FORMATS, probeReportTarget, twiceWritten } from './values/report-target.ts';
import { connectPlace } from './values/connect-place.ts';
import { until } from './values/until.ts';
import { firstConflict, resolvePlan, type FlagValues, type Rule, type ScenarioEntry } from './resolve.ts';
import { proxyUrl } from './values/urls.ts';

const threshold = list(
  text({
    placeholder: 'metric op value',
    pattern: /^[^\n\r]+$/,
    what: 'METRIC OP VALUE, such as firstEvent<1s',
    maxLength: 200,
  }),
);
/** XML has one root, and an exposition each family once. */
const ONE_DOCUMENT: ReadonlySet<string> = new Set(['junit', 'prometheus']);
const checkId = oneOf('check', CHECK_IDS);

/** Every option of `sse-probe probe`. */
export const probeOptions = {
  profile: {
    flag: 'profile',
    group: 'Asking',
    kind: oneOf('profile', PROFILE_NAMES),
    default: 'sse',
    help: `what is spoken: ${profileHelp('probe', ', ')}`,
  },
  ...requestRows('Asking'),
  http2: { flag: 'h2', group: 'Asking', kind: toggle, default: 'false', help: 'HTTP/2 and nothing else' },
  http1: {
    flag: 'http1.1',
    group: 'Asking',
    kind: toggle,
    default: 'false',
    help: 'HTTP/1.1 also where the server offers HTTP/2',
  },
  ...trustRows('Asking'),
  ...waitRows('Asking'),
  connectTo: {
    flag: 'connect-to',
    group: 'Asking',
    kind: connectPlace,
    default: null,
    unset: "the URL's own host",
    help: 'connect there, and ask for the URL all the same: one server of several behind one name',
  },
  proxy: {
    flag: 'proxy',
    group: 'Asking',
    kind: proxyUrl,
    default: null,
    unset: 'what the environment names',
    help: 'HTTP proxy; never used for loopback',
  },
  durationMs: {
    flag: 'duration',
    group: 'Ending',
    kind: duration('100ms', '1d'),
    default: '20s',
    help: 'longest time to watch the stream; it ends earlier when all is known',
  },
  until: {
    flag: 'until',
    group: 'Ending',
    kind: until,
    default: null,
    unset: 'all checks',
    help: 'end as soon as this came: headers, event, heartbeat, event:NAME, or text:… in the data of an event',
  },
  deadlineMs: {
    flag: 'deadline',
    group: 'Ending',
    kind: duration('10ms', '1d'),
    default: null,
    unset: 'the duration',
    help: 'the whole takes no longer, looking up the name included',
  },
  watchMs: {
    flag: 'watch',
    group: 'Ending',
    kind: duration('1s', '1d'),
    default: null,
    unset: 'once',
    help: 'do it again and again, with this pause, and print what changes',
  },
  resume: {
    flag: 'resume',
    group: 'Judging',
    kind: toggle,
    default: 'false',
    help: 'try Last-Event-ID also where nothing else is asked twice: with --until, or another method than GET',
  },
  ...fieldOptions,
  heartbeatWithinMs: {
    flag: 'heartbeat-within',
    group: 'Judging',
    kind: duration('10ms', '1h'),
    default: null,
    unset: 'what the server promises, else 55s',
    help: 'longest silence that the server is allowed',
  },
  ...limitRows('Judging'),
  warn: {
    flag: 'warn',
    group: 'Judging',
    kind: threshold,
    default: [],
    help: 'what must hold, or the outcome is a warning: firstEvent<1s',
  },
  crit: {
    flag: 'crit',
    group: 'Judging',
    kind: threshold,
    default: [],
    help: 'what must hold, or the outcome is critical: headers<5s',
  },
  failOn: {
    flag: 'fail-on',
    group: 'Judging',
    kind: list(checkId),
    default: [],
    help: 'this check fails also where it would warn or advise',
  },
  ignore: { flag: 'ignore', group: 'Judging', kind: list(checkId), default: [], help: 'this check does not count' },
  format: {
    flag: 'format',
    group: 'Output',
    kind: oneOf('format', ['text', 'json', 'nagios', 'prometheus', 'junit', 'markdown', 'github']),
    default: 'text',
    help: 'text, json, nagios, prometheus, junit, markdown, or github (the summary of a step; annotations on stderr)',
  },
  reports: {
    flag: 'report',
    group: 'Output',
    kind: list(probeReportTarget),
    default: [],
    help: `write FORMAT=FILE too, whole or not at all; formats: ${PROBE_REPORT_FORMATS.join(', ')}`,
  },
  json: { flag: 'json', group: 'Output', kind: toggle, default: 'false', help: 'the same as --format json' },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'only the verdict' },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'no colours (NO_COLOR is honoured too)',
  },
  ...curlRows,
  ...exporterOptions,
} as const satisfies OptionTable;

export type ProbePlan = PlanOf<typeof probeOptions>;

const rules: readonly Rule<ProbePlan>[] = [
  (plan) => firstConflict(plan, PROFILES[plan.profile].rules.probe),
  bearerRule,
  ({ http1, http2 }) =>
    http1 && http2
      ? {
          keys: ['http2', 'http1'],
          message: '--h2 and --http1.1 exclude each other',
          hint: 'Without both, HTTP/2 is spoken where it is offered.',
        }
      : null,
  ({ connectTo, proxy }) =>
    connectTo !== null && proxy !== null
      ? {
          keys: ['connectTo', 'proxy'],
          message: 'behind a proxy it is the proxy that connects',
          hint: 'Leave one of the two out.',
        }
      : null,
  ({ json, format }) =>
    json && format !== 'text' && format !== 'json'
      ? {
          keys: ['json', 'format'],
          message: `--json and --format ${format} exclude each other`,
          hint: 'Leave one of the two out.',
        }
      : null,
  ({ watchMs, format }) =>
    watchMs !== null && ONE_DOCUMENT.has(format)
      ? {
          keys: ['watchMs', 'format'],
          message: `${format} is one document, to which no further result can be appended`,
          hint: 'Use --format text, json (a line for each result), nagios or markdown; for Prometheus, --serve.',
        }
      : null,
  ({ reports }) => {
    const at = reports.findIndex(({ file }) => file === '-');
    return at === -1
      ? null
      : {
          keys: ['reports', 'format'],
          message: 'stdout is for the output of --format',
          hint: `Use --format ${reports[at]?.format} for it, or name a file.`,
          at,
        };
  },
  ({ reports }) => {
    const at = twiceWritten(reports, false);
    return at === null ? null : { keys: ['reports'], message: 'two reports are to be written to the same file', at };
  },
  ({ failOn, ignore }) => {
    const both = ignore.findIndex((id) => failOn.includes(id));
    return both === -1
      ? null
      : { keys: ['ignore'], message: `${ignore[both]} is also among the checks to fail on`, at: both };
  },
  ...exporterRules,
];

/** Defaults, then what a program gives or flags; frozen. @throws {UsageError} naming the option */
export function loadProbePlan({
  entries = [],
  flags = {},
}: {
  entries?: readonly ScenarioEntry[];
  flags?: FlagValues;
}): ProbePlan {
  return resolvePlan(probeOptions, { flags, entries }, rules);
}

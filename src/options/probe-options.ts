import { PROFILE_NAMES, profileHelp, PROFILES } from '../protocols/profiles.ts';
import { bearerRule, curlRows, limitRows, requestRows, trustRows, waitRows, withBodyType } from './asking-options.ts';
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
    help: `protocol on top of SSE: ${profileHelp('probe', ', ')}`,
  },
  ...requestRows('Asking'),
  http2: { flag: 'h2', group: 'Asking', kind: toggle, default: 'false', help: 'use HTTP/2 only' },
  http1: {
    flag: 'http1.1',
    group: 'Asking',
    kind: toggle,
    default: 'false',
    help: 'use HTTP/1.1 even if the server offers HTTP/2',
  },
  ...trustRows('Asking'),
  ...waitRows('Asking'),
  connectTo: {
    flag: 'connect-to',
    group: 'Asking',
    kind: connectPlace,
    default: null,
    unset: "the URL's own host",
    help: 'connect to this address instead of the host in the URL, to test one of several servers behind one name',
  },
  proxy: {
    flag: 'proxy',
    group: 'Asking',
    kind: proxyUrl,
    default: null,
    unset: 'proxy variables of the environment',
    help: 'HTTP proxy; never used for loopback',
  },
  durationMs: {
    flag: 'duration',
    group: 'Ending',
    kind: duration('100ms', '1d'),
    default: '20s',
    help: 'longest time to watch the stream; the probe ends earlier when every check has a result',
  },
  until: {
    flag: 'until',
    group: 'Ending',
    kind: until,
    default: null,
    unset: 'until every check has a result',
    help: 'end as soon as this arrives: headers, event, heartbeat, event:NAME, or text:… (in the data of an event)',
  },
  deadlineMs: {
    flag: 'deadline',
    group: 'Ending',
    kind: duration('10ms', '1d'),
    default: null,
    unset: 'value of --duration',
    help: 'time limit for the whole probe, including the DNS lookup',
  },
  watchMs: {
    flag: 'watch',
    group: 'Ending',
    kind: duration('1s', '1d'),
    default: null,
    unset: 'one probe',
    help: 'repeat the probe, with this pause in between, and print what changes',
  },
  resume: {
    flag: 'resume',
    group: 'Judging',
    kind: toggle,
    default: 'false',
    help: 'test Last-Event-ID even where the probe sends one request only: with --until, or a method other than GET',
  },
  ...fieldOptions,
  heartbeatWithinMs: {
    flag: 'heartbeat-within',
    group: 'Judging',
    kind: duration('10ms', '1h'),
    default: null,
    unset: 'what the server announces, else 55s',
    help: 'longest time that the server may send nothing',
  },
  ...limitRows('Judging'),
  warn: {
    flag: 'warn',
    group: 'Judging',
    kind: threshold,
    default: [],
    help: 'condition that must hold, or the result is a warning: firstEvent<1s',
  },
  crit: {
    flag: 'crit',
    group: 'Judging',
    kind: threshold,
    default: [],
    help: 'condition that must hold, or the result is critical: headers<5s',
  },
  failOn: {
    flag: 'fail-on',
    group: 'Judging',
    kind: list(checkId),
    default: [],
    help: 'treat a warning or advice of this check as a failure',
  },
  ignore: {
    flag: 'ignore',
    group: 'Judging',
    kind: list(checkId),
    default: [],
    help: 'ignore the result of this check',
  },
  format: {
    flag: 'format',
    group: 'Output',
    kind: oneOf('format', ['text', 'json', 'nagios', 'prometheus', 'junit', 'markdown', 'github']),
    default: 'text',
    help: 'output format: text, json, nagios, prometheus, junit, markdown, or github (step summary; annotations on stderr)',
  },
  reports: {
    flag: 'report',
    group: 'Output',
    kind: list(probeReportTarget),
    default: [],
    help: `also write a report: FORMAT=FILE; formats: ${PROBE_REPORT_FORMATS.join(', ')}`,
  },
  json: { flag: 'json', group: 'Output', kind: toggle, default: 'false', help: 'same as --format json' },
  quiet: { flag: 'quiet', group: 'Output', kind: toggle, default: 'false', help: 'print the verdict only' },
  noColor: {
    flag: 'no-color',
    group: 'Output',
    kind: toggle,
    default: 'false',
    help: 'disable colours; NO_COLOR and TERM=dumb in the environment do the same',
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
          hint: 'Without either, HTTP/2 is used where the server offers it.',
        }
      : null,
  ({ connectTo, proxy }) =>
    connectTo !== null && proxy !== null
      ? {
          keys: ['connectTo', 'proxy'],
          message: 'cannot be combined with --proxy, which makes the connection itself',
          hint: 'Remove one of them.',
        }
      : null,
  ({ json, format }) =>
    json && format !== 'text' && format !== 'json'
      ? {
          keys: ['json', 'format'],
          message: `--json and --format ${format} exclude each other`,
          hint: 'Remove one of them.',
        }
      : null,
  ({ watchMs, format }) =>
    watchMs !== null && ONE_DOCUMENT.has(format)
      ? {
          keys: ['watchMs', 'format'],
          message: `--format ${format} is a single document, which --watch cannot extend`,
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
          hint: `Use --format ${reports[at]?.format} for it, or give a file.`,
          at,
        };
  },
  ({ reports }) => {
    const at = twiceWritten(reports, false);
    return at === null ? null : { keys: ['reports'], message: 'two reports have the same target: the same file', at };
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
  return withBodyType(resolvePlan(probeOptions, { flags, entries }, rules));
}

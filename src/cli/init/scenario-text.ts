/**
 * The scenario that `sse-probe init` writes: the answers, what was seen of the target, and a comment for every line from
 * the tables that the program reads.
 *
 * A line that begins with "#" and a letter is a key that is switched off. Nothing here holds a secret: a URL that has one
 * becomes the name of a variable.
 */
import { CLIENT_KIND_SAYS, CLIENT_KINDS } from '../../core/client-kinds.ts';
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import type { InitPlan } from '../../options/init-options.ts';
import { soakOptions } from '../../options/soak-options.ts';
import { judgingLines } from './judging-lines.ts';
import { COLUMNS, keyed, off, prose, said, scalar } from './scenario-lines.ts';
import type { Sighting } from './sighting.ts';

/** The server of its own at its usual 15s and 90s would show nothing in half a minute. */
const OWN_SERVER = ['--heartbeat=1s', '--evict-after=5s'] as const;
/** More clients to a public address than this need the host spelled out. */
const UNCONFIRMED_CLIENTS = 500;

/** @param sighting null for the server of its own, of which all is known */
export function scenarioText(plan: InitPlan, sighting: Sighting | null, file: string): string {
  const groups = [
    heading(plan, sighting, file),
    target(plan),
    load(plan),
    judgingLines(sighting),
    [...said(soakOptions.reports), off(`${soakOptions.reports.flag}: json=sse-probe-report.json`)],
  ];
  return `${groups.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The variables that have to be set for the file, each with what it stands for, without its secret. */
export function urlVariables({ urls }: Pick<InitPlan, 'urls'>): ReadonlyMap<string, string> {
  const names = urls.map((url, at) => [url, at === 0 ? 'SSE_PROBE_URL' : `SSE_PROBE_URL_${at + 1}`] as const);
  return new Map(names.flatMap(([url, name]) => (hasSecret(url) ? [[name, redactUrl(url)]] : [])));
}

function hasSecret(url: string): boolean {
  return redactUrl(url) !== url;
}

function heading({ urls }: InitPlan, sighting: Sighting | null, file: string): string[] {
  const shown = file === '-' ? 'FILE' : /^[\w./-]+$/.test(file) ? file : `'${file}'`;
  const trouble =
    sighting === null || sighting.trouble === null
      ? []
      : [
          '#',
          ...prose(
            `When this file was written, nothing is known about the stream: ${printable(sighting.trouble, COLUMNS * 2)}. The lines about its events are therefore switched off below.`,
          ),
        ];
  return [
    ...prose(
      `A scenario for ${urls.length === 0 ? 'the built-in server' : urls.map(redactUrl).join(' and ')}, written by "sse-probe init".`,
    ),
    '#',
    `#   sse-probe soak ${shown}                    runs it`,
    `#   sse-probe soak ${shown} --clients 1000     a flag on the command line replaces the key here`,
    `#   sse-probe soak ${shown} --dry-run          prints what it comes to, and opens nothing`,
    '#',
    ...prose(
      'Every key is a flag of "sse-probe soak --help" without its dashes. A line such as "#seed: 1" is switched off: remove its "#". Units are always written. Secrets stay out of this file: a value may name a variable of the environment, as ${NAME}.',
    ),
    ...trouble,
  ];
}

function target(plan: InitPlan): string[] {
  const { urls, bearerEnv, insecure, caFile } = plan;
  if (urls.length === 0) {
    return [
      ...prose(
        'Flags for that server ("sse-probe serve --help"): its usual heartbeat and eviction would show nothing in so short a run. With --url on the command line the same load goes to a stream of yours, and these flags are left out.',
      ),
      `${soakOptions.serverArgs.flag}:`,
      ...OWN_SERVER.map((arg) => `  - ${arg}`),
    ];
  }
  const [first = ''] = urls;
  return [
    ...said(soakOptions.urls),
    ...urlLines(plan),
    '',
    ...said(soakOptions.bearerEnv),
    bearerEnv === null
      ? off(`${soakOptions.bearerEnv.flag}: TOKEN`)
      : `${soakOptions.bearerEnv.flag}: ${scalar(bearerEnv)}`,
    ...said(soakOptions.headers),
    off(`${soakOptions.headers.flag}: 'X-Api-Key: \${API_KEY}'`),
    ...(insecure ? [...said(soakOptions.insecure), `${soakOptions.insecure.flag}: true`] : []),
    ...(caFile === null ? [] : [...said(soakOptions.caFile), `${soakOptions.caFile.flag}: ${scalar(caFile)}`]),
    ...said(soakOptions.waitMs),
    off(`${soakOptions.waitMs.flag}: 30s`),
    ...(plan.clients > UNCONFIRMED_CLIENTS
      ? [...said(soakOptions.confirmedTargets), off(`${soakOptions.confirmedTargets.flag}: ${new URL(first).hostname}`)]
      : []),
    ...said(soakOptions.serverMetrics),
    off(`${soakOptions.serverMetrics.flag}: ${new URL(first).origin}/metrics#process_resident_memory_bytes`),
  ];
}

function urlLines({ urls }: InitPlan): string[] {
  const variables = urlVariables({ urls });
  const values = urls.map((url) => {
    const variable = [...variables].find(([, shown]) => shown === redactUrl(url))?.[0];
    return variable === undefined || !hasSecret(url) ? scalar(url) : `\${${variable}}`;
  });
  const { flag } = soakOptions.urls;
  return [
    ...[...variables].flatMap(([name, shown]) =>
      prose(`${name} is to hold ${shown} with its secret, which stays out of this file.`),
    ),
    ...(values.length === 1 ? [`${flag}: ${values[0]}`] : [`${flag}:`, ...values.map((value) => `  - ${value}`)]),
  ];
}

function load({ clients, durationMs }: InitPlan): string[] {
  const rampMs = Math.min(durationMs, soakOptions.rampMs.kind.read(soakOptions.rampMs.default));
  const weights = soakOptions.mix.kind.read(soakOptions.mix.default);
  return [
    ...said(soakOptions.clients),
    keyed(soakOptions.clients, clients),
    ...said(soakOptions.rampMs),
    keyed(soakOptions.rampMs, rampMs),
    ...said(soakOptions.durationMs),
    keyed(soakOptions.durationMs, durationMs),
    ...said(soakOptions.settleMs),
    keyed(soakOptions.settleMs, soakOptions.settleMs.kind.read(soakOptions.settleMs.default)),
    ...said(soakOptions.seed),
    off(`${soakOptions.seed.flag}: 1`),
    '',
    ...prose('Who the clients are, by weight. A kind that is not named takes no part.'),
    `${soakOptions.mix.flag}:`,
    ...CLIENT_KINDS.filter((kind) => weights[kind] > 0).map(
      (kind) => `  ${`${kind}: ${weights[kind]}`.padEnd(14)}# ${CLIENT_KIND_SAYS[kind]}`,
    ),
  ];
}

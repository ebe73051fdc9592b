/**
 * `sse-probe init [FILE]`: questions → a look at the target → a scenario in a new file.
 *
 * The file is written last and in one go: an init that is interrupted leaves nothing behind.
 */
import { EXIT, UsageError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import { formatDuration } from '../../core/units.ts';
import { type InitPlan, loadInitPlan } from '../../options/init-options.ts';
import type { FlagValues } from '../../options/resolve.ts';
import { isSurelyUrl } from '../../options/values/urls.ts';
import { output } from '../output.ts';
import { isStdout } from '../report-files.ts';
import { askedFor } from './answers.ts';
import { refuseExisting, writeScenario } from './scenario-file.ts';
import { scenarioText, urlVariables } from './scenario-text.ts';
import { LOOKING, type Sighting, sightingOf } from './sighting.ts';

const FILE = 'sse-probe.yaml';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @returns the exit code; @throws {UsageError | OutputError} before or instead of writing */
export async function initCommand(argument: string | undefined, given: FlagValues): Promise<number> {
  const { file, flags } = placeAndFlags(argument, given);
  const { yes, force } = loadInitPlan({ flags });
  if (!force) refuseExisting(file);
  if (!yes && process.stdin.isTTY !== true)
    throw new UsageError('init asks its questions in a terminal, and stdin is none', {
      hint: 'Answer them with flags: sse-probe init --yes --url http://127.0.0.1:3000/events',
    });
  const interrupted = new AbortController();
  const onSignal = (): void => {
    if (interrupted.signal.aborted) process.exit(EXIT.init.interrupted);
    interrupted.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const answers = yes ? flags : await askedFor(flags, interrupted.signal);
    if (answers === null) return nothingWritten();
    const plan = loadInitPlan({ flags: answers });
    const sighting = plan.urls.length === 0 ? null : await lookedAt(plan, interrupted.signal);
    if (interrupted.signal.aborted) return nothingWritten();
    const text = scenarioText(plan, sighting, file);
    if (isStdout(file)) output.report(text);
    else writeScenario(file, text, force);
    process.stderr.write(summary(plan, sighting, file));
    return EXIT.init.written;
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** `sse-probe init localhost:3000/events` names the stream: no file has such a name. */
function placeAndFlags(argument: string | undefined, flags: FlagValues): { file: string; flags: FlagValues } {
  if (argument === undefined || !isSurelyUrl(argument)) return { file: argument ?? FILE, flags };
  if (flags['url'] !== undefined)
    throw new UsageError('a stream is given twice, as an argument and with --url', {
      hint: 'Give one of the two; the argument is otherwise the file to write.',
    });
  return { file: FILE, flags: { ...flags, url: [argument] } };
}

async function lookedAt(plan: InitPlan, signal: AbortSignal): Promise<Sighting> {
  process.stderr.write(
    `sse-probe: looking at ${plan.urls.map(redactUrl).join(' and ')} with ${LOOKING.clients} clients for ${LOOKING.duration}\n`,
  );
  return sightingOf(plan, signal);
}

function nothingWritten(): number {
  process.stderr.write('sse-probe: interrupted; nothing was written\n');
  return EXIT.init.interrupted;
}

function summary(plan: InitPlan, sighting: Sighting | null, file: string): string {
  const { clients, durationMs } = plan;
  const lines = [
    `${isStdout(file) ? 'stdout' : file}: ${clients} clients for ${formatDuration(durationMs)}`,
    ...(sighting === null ? ['  on the built-in server'] : seen(sighting)),
    ...[...urlVariables(plan)].map(([name, shown]) => `  export ${name} first: ${shown}, with its secret`),
    ...(isStdout(file) ? [] : [`Run it: sse-probe soak ${file}`]),
  ];
  return `${lines.map((line) => printable(line, Number.POSITIVE_INFINITY)).join('\n')}\n`;
}

function seen({ trouble, sequence, time, promisedMs, periodMs, tellsLoss }: Sighting): string[] {
  if (trouble !== null)
    return [
      `  nothing is known about the stream: ${trouble}`,
      '  the lines about its events are switched off in the file',
    ];
  const numbers = sequence === null ? (tellsLoss ? 'by their ids' : null) : `by ${sequence}`;
  return [
    numbers === null
      ? '  its events are not numbered: a lost one is noticed only where other clients receive it'
      : `  its events are numbered ${numbers}: a lost one is noticed`,
    time === null
      ? '  its events have no time: latency is not measured'
      : `  its events have a time, ${time}: latency is measured`,
    promisedMs !== null
      ? `  it announces a heartbeat every ${formatDuration(promisedMs)}`
      : periodMs !== null
        ? `  it sends a heartbeat every ${formatDuration(periodMs)}`
        : '  no heartbeat was seen',
  ];
}

/** What is said of a limit that streams met, and what to do about it: the same of a probe and of a soak. */
import { formatDuration } from '../core/units.ts';
import { type Cut, layersOfCut, LEAST_LIMIT_MS } from './cuts.ts';
import type { Intermediary } from './intermediary.ts';
import { whereItIsSet } from './limit-directives.ts';

/** More default limits are not quoted. */
const MOST_DEFAULTS = 6;

/** The greeting of a stream comes so soon behind its head. */
const ALIKE_MS = 300;
const HEARTBEATS_FIRST = 'Send every client a comment (`: ping`) in less than half of that time';

/** To stand behind "Streams are" or "The stream was". */
export function cutSays({ kind, silenceMs, ageMs, ageUpToMs }: Cut): string {
  const silence = shown(silenceMs);
  const age = shown(ageMs);
  if (kind === 'idle') return `cut after ${silence} without a byte`;
  if (kind === 'absolute') {
    return ageUpToMs === undefined
      ? `cut at the age of ${age}, even while data flows`
      : `cut at ages from ${age} to ${shown(ageUpToMs)}, even while data flows, each when its next event was due`;
  }
  return Math.abs((silenceMs ?? 0) - (ageMs ?? 0)) < ALIKE_MS
    ? `cut after ${silence} without a single byte (an idle timeout or an age limit; without data they look the same)`
    : `cut after ${silence} without a byte and at the age of ${age} (an idle timeout or an age limit; they cannot be distinguished here)`;
}

/** @param named the layers that the answers name */
export function adviceOnCut(cut: Cut, named: readonly string[]): string {
  const layers = layersOfCut(cut);
  const isSet = (kind: 'idle' | 'absolute'): string => whereItIsSet(kind, named, layers);
  if (cut.kind === 'idle')
    return sentences(`${HEARTBEATS_FIRST}, or raise the limit.`, isSet('idle'), defaultsOf(layers));
  if (cut.kind === 'absolute') {
    return sentences(
      'Heartbeats do not prevent it: raise or remove the limit for streams, or end them a little earlier yourself, with jitter.',
      isSet('absolute'),
      cut.atWrites === true ? "Go's WriteTimeout, for example, takes effect at the next write only." : '',
      defaultsOf(layers),
    );
  }
  return sentences(
    `${HEARTBEATS_FIRST}, and repeat the test: if streams then stay open, it was an idle timeout.`,
    isSet('idle'),
    'If they are still cut at the same age, it is an age limit.',
    isSet('absolute'),
    defaultsOf(layers),
  );
}

/** What is left open where streams that were cut after one silence all ended at one moment. */
export const NOT_A_RESTART_FOR_SURE =
  'They ended at the same moment, so it may have been a restart; an idle timeout happens again.';

/** What is said of an end that may have been a limit, and has not been seen a second time. */
export function adviceOnOneCut(cut: Cut, named: readonly string[]): string {
  return `One end alone does not prove a limit: repeat with a longer --duration. If it was a limit: ${adviceOnCut(cut, named)}`;
}

/** What is said of streams that ended at one moment, each when its next event was due. */
export const ENDED_AT_A_WRITE =
  "All ended when their next event was due; an age limit that takes effect at a write (Go's WriteTimeout) does the same.";

/** What is said of streams of different ages that ended at one moment. @param silenceMs how long they were silent then */
export function adviceOnOneMoment(silenceMs: number): string {
  return sentences(
    'They ended at the same moment: look for a restart or a reload in the logs of the server and of the proxies in front of it.',
    silenceMs < LEAST_LIMIT_MS
      ? ''
      : `They had been silent for ${shown(silenceMs)}, so it may also be an idle timeout: send a comment (\`: ping\`) in less than half of that time to find out.`,
  );
}

/** How long a stream had been silent when it ended, as a sentence; empty where it had not. */
export function afterSilence(silenceMs: number): string {
  return silenceMs < LEAST_LIMIT_MS ? '' : ` Its last byte had arrived ${shown(silenceMs)} before.`;
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function defaultsOf(layers: readonly Intermediary[]): string {
  const examples = layers.filter(({ isExample }) => isExample === true);
  const defaults = layers.filter((layer) => !examples.includes(layer));
  return sentences(
    defaults.length === 0
      ? 'It is not the default of any known layer, so it was configured.'
      : `It is the default of ${quoted(defaults)}.`,
    examples.length === 0 ? '' : `It is the value in the examples of ${quoted(examples)}.`,
  );
}

function quoted(layers: readonly Intermediary[]): string {
  const named = layers.slice(0, MOST_DEFAULTS).map(({ name, note }) => `${name} (${note})`);
  return `${named.join(', ')}${layers.length > MOST_DEFAULTS ? ' and others' : ''}`;
}

/** To a tenth of a second: no limit is set to less. */
function shown(ms: number | null): string {
  return formatDuration(Math.round((ms ?? 0) / 100) * 100);
}

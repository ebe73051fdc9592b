/**
 * What one answer of a metrics page says about the server: its memory, or how many clients it has. Pure: text in, figures
 * or a reason out.
 *
 * The series that match are added up, so that a page that tells of several workers is their sum, and so is
 * one that tells a memory in parts. The processor time and the start time are taken where Prometheus clients
 * put them, with the same labels; JSON has no names for them that are agreed upon.
 */
import { pointerText, valueAt } from '../../core/json-pointer.ts';
import { parseJson } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import { DEFAULT_SELECTOR, type MetricsSelector } from '../../options/values/metrics-source.ts';
import { closest } from '../../core/suggest.ts';
import { seriesNames, seriesValues } from './prometheus-text.ts';

export interface MetricsReading {
  value: number;
  cpuSeconds: number | null;
  /** Identifies one life of the server: it changes with a restart; null when the server does not tell. */
  life: string | null;
}

/** Why there is no figure: for a sentence, with names of the answer that are safe to print. */
export interface NoReading {
  missing: string;
  hint: string;
}

/** What a figure is read for: how a list is taken, and the words that help where it is missing. */
export interface Wanted {
  /** The length of a list in JSON is the figure. */
  readonly countsLists: boolean;
  /** Names that may be meant where the one that was given is not there. */
  readonly sounds: RegExp;
  readonly pointer: string;
  readonly series: string;
  /** What to do about something else than a number. */
  readonly noNumber: string;
}

export const MEMORY: Wanted = {
  countsLists: false,
  sounds: /resident|memory|rss|heap|bytes/i,
  pointer: '/memory/rssBytes',
  series: DEFAULT_SELECTOR,
  noNumber: 'It must be a number of bytes, without quotes.',
};

export const CLIENTS: Wanted = {
  countsLists: true,
  sounds: /client|connect|stream|subscri|session|listener|active/i,
  pointer: '/clients/connected',
  series: 'sse_clients_connected',
  noNumber: 'It must be a number without quotes, or a list of clients.',
};

const MAX_NAMES = 6;
const MAX_NAME_LENGTH = 80;

export function readMetrics(text: string, selector: MetricsSelector, wanted: Wanted): MetricsReading | NoReading {
  return selector.form === 'json' ? readJson(text, selector.path, wanted) : readSeries(text, selector, wanted);
}

function readSeries(
  text: string,
  { name, labels }: MetricsSelector & { form: 'prometheus' },
  wanted: Wanted,
): MetricsReading | NoReading {
  const values = seriesValues(text, name, labels);
  if (values.length > 0) {
    const cpu = seriesValues(text, 'process_cpu_seconds_total', labels);
    const starts = seriesValues(text, 'process_start_time_seconds', labels);
    return {
      value: sum(values),
      cpuSeconds: cpu.length > 0 ? sum(cpu) : null,
      life: starts.length > 0 ? starts.join(' ') : null,
    };
  }
  const names = seriesNames(text);
  if (names.length === 0) {
    const json = parseJson(text) !== undefined;
    return {
      missing: json ? 'returns JSON, not Prometheus text' : 'does not return Prometheus text',
      hint: json ? `Give the place of the value: URL#${wanted.pointer}.` : 'The page for Prometheus is often /metrics.',
    };
  }
  if (names.includes(name))
    return {
      missing: `has ${name}, but not with these labels, or without a value`,
      hint: 'Remove labels; all matching series are added up.',
    };
  return { missing: `has no ${name}`, hint: near(name, names, wanted.sounds) };
}

function readJson(text: string, path: readonly string[], wanted: Wanted): MetricsReading | NoReading {
  const json = parseJson(text);
  if (json === undefined) {
    return {
      missing: 'does not return JSON',
      hint: `For Prometheus text, give a series: URL#${wanted.series}.`,
    };
  }
  const value = valueAt(json, path);
  if (value === undefined) return { missing: `has no ${shownPointer(path)}`, hint: nearPointer(json, path) };
  if (typeof value === 'number' && Number.isFinite(value)) return { value, cpuSeconds: null, life: null };
  if (wanted.countsLists && Array.isArray(value)) return { value: value.length, cpuSeconds: null, life: null };
  return {
    missing: `has no number at ${shownPointer(path)}`,
    hint: typeof value === 'object' && value !== null ? `It contains: ${list(Object.keys(value))}.` : wanted.noNumber,
  };
}

/** What is there where the pointer leads nowhere. */
function nearPointer(json: unknown, path: readonly string[]): string {
  const depth = path.findIndex((_key, index) => valueAt(json, path.slice(0, index + 1)) === undefined);
  const there = shownPointer(path.slice(0, depth));
  const value = valueAt(json, path.slice(0, depth));
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0) return `There is no object at ${there === '' ? 'the root' : there}.`;
  return `${there === '' ? 'The root' : there} contains: ${list(keys)}.`;
}

/** What a typing mistake would have meant, then whatever sounds like what is wanted, then whatever there is. */
function near(name: string, names: readonly string[], sounds: RegExp): string {
  const guess = closest(name, names);
  const alike = names.filter((other) => sounds.test(other));
  const shown = new Set([...(guess === null ? [] : [guess]), ...alike, ...names]);
  return `It contains: ${list([...shown])}.`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => printable(name, MAX_NAME_LENGTH));
  return names.length > MAX_NAMES ? `${shown.join(', ')} and ${names.length - MAX_NAMES} more` : shown.join(', ');
}

function shownPointer(path: readonly string[]): string {
  return printable(pointerText(path), MAX_NAME_LENGTH);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

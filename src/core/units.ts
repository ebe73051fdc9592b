/**
 * Durations, sizes and rates: the only place that parses or prints them.
 *
 * A number without a unit is refused and the message names the units: `--ramp 5` meaning five milliseconds
 * in one tool and five seconds in the next is how load tests go wrong. Everything inside the program is in
 * one base unit that the variable's name carries: milliseconds, bytes, events or bytes a second.
 */

import { quote } from './printable.ts';

/** Why a text is no duration, size or rate. The caller knows the option's name and adds it. */
export class UnitError extends Error {}

const DURATION_MS = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
} as const;
const PER_MS = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const;
const COUNT_OF = { k: 1e3, K: 1e3, M: 1e6 } as const;

// A plain decimal number: no sign, no exponent, no hex, no separators.
const DIGITS = String.raw`\d{1,15}(?:\.\d{1,9})?`;
const NUMBER = `(${DIGITS})`;
// The parts of `1h30m`: each unit once at most, the larger ones first.
const DURATION = new RegExp(
  `^(?=\\d)${['d', 'h', 'm', 's', 'ms', 'us'].map((unit) => `(?:${DIGITS}${unit})?`).join('')}$`,
);
const DURATION_PART = new RegExp(`${NUMBER}(us|ms|s|m|h|d)`, 'g');
const SIZE = new RegExp(`^${NUMBER}(B|KB|MB|GB|KiB|MiB|GiB)$`);
const RATE = new RegExp(`^${NUMBER}/(s|m|min|h)$`);
const BYTE_RATE = new RegExp(`^${NUMBER}(B|KB|MB|GB|KiB|MiB|GiB)/(s|m|min|h)$`);
const PERCENT = new RegExp(`^${NUMBER}%$`);
const BARE_NUMBER = /^-?[\d.]+(e[+-]?\d+)?$/i;
// So many digits behind the point that the count is whole.
const SHORT_COUNT = /^(?:(\d{1,9}(?:\.\d{1,3})?)([kK])|(\d{1,6}(?:\.\d{1,6})?)(M))$/;

/** What the parsers below accept, as patterns for a JSON Schema. */
export const UNIT_PATTERNS = {
  duration: DURATION.source,
  size: SIZE.source,
  rate: RATE.source,
  byteRate: BYTE_RATE.source,
  shortCount: SHORT_COUNT.source,
} as const;

/** `250ms`, `1.5s`, `1h30m` → milliseconds. @throws {UnitError} */
export function parseDuration(text: string): number {
  if (DURATION.test(text)) {
    let ms = 0;
    for (const [, number, unit] of text.matchAll(DURATION_PART))
      ms += Number(number) * DURATION_MS[unit as keyof typeof DURATION_MS];
    return ms;
  }
  throw refuse(text, 'a duration', 'ms, s, m or h', '250ms, 15s, 2m');
}

/** `64KiB`, `1MB` → bytes. @throws {UnitError} */
export function parseSize(text: string): number {
  const match = SIZE.exec(text);
  if (match) return Math.round(Number(match[1]) * SIZE_BYTES[match[2] as keyof typeof SIZE_BYTES]);
  throw refuse(text, 'a size', 'B, KiB, MiB, KB or MB', '128B, 64KiB, 1MB');
}

/** `10/s`, `90/min` → times a second. @throws {UnitError} */
export function parseRate(text: string): number {
  const match = RATE.exec(text);
  if (match) return (Number(match[1]) * 1000) / PER_MS[match[2] as keyof typeof PER_MS];
  throw refuse(text, 'a rate', '/s, /min or /h', '10/s, 90/min');
}

/** `256B/s`, `1MB/min` → bytes a second. @throws {UnitError} */
export function parseByteRate(text: string): number {
  const match = BYTE_RATE.exec(text);
  if (match) {
    const bytes = Number(match[1]) * SIZE_BYTES[match[2] as keyof typeof SIZE_BYTES];
    return (bytes * 1000) / PER_MS[match[3] as keyof typeof PER_MS];
  }
  throw refuse(text, 'a rate in bytes', 'B/s, KiB/s or MB/s', '256B/s, 64KiB/s');
}

/** `5%` → 0.05, a ratio. @throws {UnitError} */
export function parsePercent(text: string): number {
  const match = PERCENT.exec(text);
  if (match) return Number(match[1]) / 100;
  throw refuse(text, 'a percentage', '%', '5%, 0.1%');
}

/** `1000`, `10k`, `1.5M` → a whole number. @throws {UnitError} */
export function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const match = SHORT_COUNT.exec(text);
  if (match === null) throw new UnitError(`${quote(text)} is not a whole number`);
  const [, thousands, k, millions, M] = match;
  return Math.round(Number(thousands ?? millions) * COUNT_OF[(k ?? M) as keyof typeof COUNT_OF]);
}

/** A number to which no unit was written. */
export function isBareNumber(text: string): boolean {
  return BARE_NUMBER.test(text);
}

function refuse(text: string, what: string, units: string, examples: string): UnitError {
  if (text.startsWith('-')) return new UnitError(`${quote(text)} is negative; ${what} is written like ${examples}`);
  if (isBareNumber(text)) return new UnitError(`${quote(text)} has no unit; add ${units} (for example ${examples})`);
  return new UnitError(`${quote(text)} is not ${what}; write it like ${examples}`);
}

/** Milliseconds as a person reads them: `0.4ms`, `12ms`, `3.2s`, `2m 5s`, `1h 4m`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < 10) return `${trim(ms, ms < 1 ? 2 : 1)}ms`;
  // The borders lie where the smaller unit would round up to a whole larger one: no `1000ms`, no `60s`.
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${trim(ms / 1000, 1)}s`;
  const totalSeconds = Math.round(ms / 1000);
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = totalSeconds % 60;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  return seconds > 0 ? `${minutes}m ${seconds}s` : `${minutes}m`;
}

/** Bytes as a person reads them, in binary units: `512B`, `1.5KiB`, `84MiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  if (bytes < 1023.5) return `${Math.round(bytes)}B`;
  if (bytes < 1023.5 * 1024) return `${trim(bytes / 1024, 1)}KiB`;
  if (bytes < 1023.5 * 1024 ** 2) return `${trim(bytes / 1024 ** 2, 1)}MiB`;
  return `${trim(bytes / 1024 ** 3, 2)}GiB`;
}

/** Times a second as a person reads them: `0.5/s`, `12/s`, `4,980/s`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return '–';
  return perSecond < 10 ? `${trim(perSecond, 2)}/s` : `${formatCount(Math.round(perSecond))}/s`;
}

/** A ratio as a person reads it: 0.05 → `5%`. */
export function formatPercent(ratio: number): string {
  return Number.isFinite(ratio) ? `${trim(ratio * 100, 2)}%` : '–';
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Whole numbers with thousands separators, the same on every machine. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** `1 client`, `2,000 clients`. */
export function counted(count: number, noun: string): string {
  const plural = /(?:s|x|ch|sh)$/.test(noun) ? 'es' : 's';
  return `${formatCount(count)} ${noun}${count === 1 ? '' : plural}`;
}

/** `3 of 20 streams`. */
export function countedOf(part: number, all: number, noun: string): string {
  return `${formatCount(part)} of ${counted(Math.max(part, all), noun)}`;
}

/** Three digits behind the point: whole microseconds, of milliseconds. More are noise of the clock. */
export function rounded(value: number): number;
export function rounded(value: number | null): number | null;
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(value >= 100 ? 0 : digits)));
}

/** Whole seconds, for times that are shown while they go by. */
export function wholeSeconds(ms: number): string {
  return ms < 500 ? '0s' : formatDuration(Math.round(ms / 1000) * 1000);
}

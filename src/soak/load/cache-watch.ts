/** Which streams come from a cache, by their heads. */
import { cacheSays, cacheSign, dateOf, SAME_DATE_MS, sameDateSign } from '../../findings/cache-signs.ts';
import { countUp, type Measured } from '../../measure/figures.ts';
import type { CACHE_FIGURES } from '../../record/load-figures.ts';
import type { ResponseHead } from '../../wire/transport.ts';

/** The dates that are remembered: of a live server each is over after a second. */
const MAX_DATES = 64;

export class CacheWatch {
  private readonly figures: Measured<typeof CACHE_FIGURES>;
  /** When each was first seen, in that order. */
  private readonly dates = new Map<string, number>();

  constructor(measured: Measured<typeof CACHE_FIGURES>) {
    this.figures = measured;
  }

  /** @param askedMs when the request went out @param nowMs monotonic, as that one @param wallMs Unix ms */
  opened({ headers }: ResponseHead, askedMs: number, nowMs: number, wallMs: number): void {
    const { counts, cacheSigns } = this.figures;
    counts.streamsOpened += 1;
    const sign = cacheSign(headers) ?? this.sameDate(dateOf(headers, wallMs), askedMs, nowMs);
    if (sign === null) return;
    counts.streamsCached += 1;
    // One is enough: an age differs from answer to answer.
    if (cacheSigns.size === 0) countUp(cacheSigns, cacheSays(sign, headers.get('via')));
  }

  /** An answer that was asked for before others had that date says nothing: it may have waited, at the server or here. */
  private sameDate(date: string | null, askedMs: number, nowMs: number): string | null {
    if (date === null) return null;
    const { dates } = this;
    const sinceMs = dates.get(date);
    if (sinceMs !== undefined) return askedMs - sinceMs >= SAME_DATE_MS ? sameDateSign(date) : null;
    dates.set(date, nowMs);
    if (dates.size > MAX_DATES) dates.delete(dates.keys().next().value as string);
    return null;
  }
}

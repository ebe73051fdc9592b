/**
 * The tokens of one streamed answer in time.
 *
 * A chunk is no token, and a read is no chunk: servers put several tokens into one event, proxies several events into
 * one read. What came in one read came at once, so the unit here is the arrival, and the time before it is shared out
 * evenly among the tokens that it brought. How many those are the server knows best: `logprobs` for each chunk,
 * `usage` for the whole answer; else it is the least number that the text can be, and said to be that.
 */
import { type AnswerChunk, leastTokens } from './answer-chunk.ts';

/** What comes within so little came in one read, as far as can be told: its parts are handed on one after the other. */
export const ONE_READ_MS = 1;
/** Arrivals that are kept apart; of a longer answer the rest counts, but not in the percentiles. */
export const MAX_ARRIVALS = 100_000;

export interface Spread {
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

export interface AnswerFigures {
  /** Events with text. */
  chunks: number;
  /** Reads that brought text. */
  arrivals: number;
  characters: number;
  tokens: number;
  /** `text`: so many at least. */
  tokensFrom: 'usage' | 'logprobs' | 'text';
  tokensPerChunk: number | null;
  /** While they came: from the first arrival to the last, the first one's own not counted. */
  tokensPerSecond: number | null;
  /** Between two tokens; null with fewer than two arrivals. */
  interTokenMs: Spread | null;
  /** Between two arrivals, as they were seen. */
  interArrivalMs: Spread | null;
}

interface Arrival {
  atMs: number;
  /** The least number of tokens that its text can be. */
  least: number;
  /** The number by the server's count; 0 where it sends none. */
  counted: number;
}

export class AnswerMeter {
  /** Events with text. */
  chunks = 0;
  /** When the first text came, and the last; null before. */
  firstMs: number | null = null;
  lastMs: number | null = null;
  /** Longest time between two arrivals of text. */
  longestGapMs = 0;
  private readonly kept: Arrival[] = [];
  /** When the last arrival began. */
  private arrivedMs = Number.NEGATIVE_INFINITY;
  private arrivals = 0;
  private characters = 0;
  private least = 0;
  /** Null once a chunk with text came without a count of its own. */
  private counted: number | null = 0;
  private total: number | null = null;
  private thoughtTokens = 0;
  private heardThoughts = false;

  /** @param atMs of the read that brought it */
  heard(chunk: AnswerChunk, atMs: number): void {
    if (chunk.totalTokens !== null) {
      this.total = chunk.totalTokens;
      this.thoughtTokens = chunk.thoughtTokens;
    }
    this.heardThoughts ||= chunk.isThought;
    if (chunk.text === '') return;
    this.chunks += 1;
    this.characters += chunk.text.length;
    const least = Math.max(1, leastTokens(chunk.text));
    const counted = chunk.tokens ?? 0;
    this.least += least;
    this.counted = chunk.tokens === null || this.counted === null ? null : this.counted + counted;
    this.firstMs ??= atMs;
    if (this.lastMs !== null) this.longestGapMs = Math.max(this.longestGapMs, atMs - this.lastMs);
    this.lastMs = atMs;
    if (atMs - this.arrivedMs < ONE_READ_MS) {
      const last = this.kept.at(-1);
      if (last?.atMs === this.arrivedMs) {
        last.least += least;
        last.counted += counted;
      }
      return;
    }
    this.arrivedMs = atMs;
    this.arrivals += 1;
    if (this.kept.length < MAX_ARRIVALS) this.kept.push({ atMs, least, counted });
  }

  figures(): AnswerFigures {
    const { chunks, arrivals, characters } = this;
    const total = this.sentTokens();
    const tokensFrom = total !== null ? 'usage' : this.counted !== null && chunks > 0 ? 'logprobs' : 'text';
    const tokens = total ?? (tokensFrom === 'logprobs' ? (this.counted ?? 0) : this.least);
    const weights = this.kept.map((arrival) => this.weightOf(arrival, tokens));
    const gaps = this.kept.slice(1).map((arrival, index) => arrival.atMs - (this.kept[index] as Arrival).atMs);
    const laterTokens = tokens - (weights[0] ?? 0);
    const seconds = ((this.lastMs ?? 0) - (this.firstMs ?? 0)) / 1000;
    return {
      chunks,
      arrivals,
      characters,
      tokens,
      tokensFrom,
      tokensPerChunk: chunks === 0 ? null : tokens / chunks,
      tokensPerSecond: seconds > 0 && laterTokens > 0 ? laterTokens / seconds : null,
      interTokenMs: spread(
        gaps.map((gapMs, index) => {
          const weight = weights[index + 1] as number;
          return { value: gapMs / Math.max(weight, 1), weight };
        }),
      ),
      interArrivalMs: spread(gaps.map((value) => ({ value, weight: 1 }))),
    };
  }

  /** The number by the server's count of the whole answer; null where it sends none, or one that cannot be. */
  private sentTokens(): number | null {
    if (this.total === null) return null;
    const sent = this.heardThoughts ? this.total : this.total - this.thoughtTokens;
    return sent > 0 ? sent : null;
  }

  /** Tokens of an arrival: as counted, else its share of all by the text that it brought. */
  private weightOf({ least, counted }: Arrival, tokens: number): number {
    return this.counted !== null && this.counted > 0
      ? (counted * tokens) / this.counted
      : (least * tokens) / this.least;
  }
}

/** Percentiles of values that stand for `weight` samples each. */
function spread(samples: { value: number; weight: number }[]): Spread | null {
  if (samples.length === 0) return null;
  samples.sort((a, b) => a.value - b.value);
  const all = samples.reduce((sum, { weight }) => sum + weight, 0);
  const at = (share: number): number => {
    let passed = 0;
    for (const { value, weight } of samples) {
      passed += weight;
      // Sums of shares are not exact: a hair below is there.
      if (passed >= share * all - 1e-9) return value;
    }
    return (samples.at(-1) as { value: number }).value;
  };
  return {
    mean: samples.reduce((sum, { value, weight }) => sum + value * weight, 0) / all,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: (samples.at(-1) as { value: number }).value,
  };
}

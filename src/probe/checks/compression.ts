import { compressorAdvice } from '../../findings/compressors.ts';
import { HELD_MS } from '../../findings/arrivals.ts';
import { counted, formatDuration } from '../../core/units.ts';
import { codingOf } from '../../wire/content-coding.ts';
import { CODINGS_OFFERED } from '../auxiliary-streams.ts';
import { notFlushedSays } from '../../findings/not-flushed.ts';
import { UNKNOWN_CODING_ADVICE, unknownCodingSays } from '../../findings/unknown-coding.ts';
import { printable } from '../../core/printable.ts';
import { marksSeen } from '../marks-seen.ts';
import { headerOf } from '../request-spec.ts';
import type { Listening } from '../listening.ts';
import { arrivalTimes } from '../same-events.ts';
import { fail, field, pass, skip, warn, type Check, type Judged } from './check.ts';

const LEAST_EVENTS = 3;

/**
 * Is the stream compressed, asked or not, and does that hold events back? Judged by the main stream, which asks for
 * `identity`, and by one that offers what browsers offer: the same events must come at the same time.
 */
export const compression: Check = {
  id: 'compression',
  needs: 'stream',
  judge(seen, main) {
    const hint = compressorAdvice(marksSeen(seen));
    const coding = codingName(main);
    const asked = headerOf(main.requestSpec, 'accept-encoding');
    if (coding !== null && asked === null) {
      return warn(
        `The stream arrived compressed (${coding}), although the request said \`Accept-Encoding: identity\`.`,
        { finding: 'compressed-stream', contentEncoding: coding },
        hint,
      );
    }
    const unknown = unknownCodingOf(main);
    if (unknown !== null) return underUnknown(unknown, main);
    const coded = seen.auxiliary.get('coded');
    if (coded !== undefined) return whereOffered(coded, main, hint);
    return coding === null
      ? skip('compression was not offered', { contentEncoding: '' })
      : pass(`compressed (${coding}), as requested`, { contentEncoding: coding });
  },
};

function underUnknown(name: string, { end }: Listening): Judged {
  const evidence = { contentEncoding: name };
  if (end?.cause === 'decode') return skip('the stream cannot be read: see framing', evidence);
  return warn(`The response has ${unknownCodingSays(name)}.`, evidence, UNKNOWN_CODING_ADVICE);
}

/** What a client gets that offers the codings of a browser, beside the plain stream. */
function whereOffered(coded: Listening, main: Listening, hint: string): Judged {
  const broken = coded.refusal?.cause === 'decode' ? coded.refusal : coded.end?.cause === 'decode' ? coded.end : null;
  if (broken !== null) {
    return fail(
      `with ${CODINGS_OFFERED} offered, the response cannot be decoded: ${broken.detail}`,
      { offered: CODINGS_OFFERED },
      hint,
    );
  }
  const coding = codingName(coded);
  if (coded.head === null) return skip('the request that offered compression got no response');
  if (coding === null)
    return pass('not compressed, even when the client offers it', { offered: CODINGS_OFFERED, contentEncoding: '' });
  const { common, heldMs, missing } = compare(main, coded);
  const evidence = {
    offered: CODINGS_OFFERED,
    contentEncoding: coding,
    vary: field(coded, 'vary'),
    commonEvents: common,
    heldBackMs: heldMs,
    missing,
  };
  const { bytes, heldInCodingBytes } = coded.log;
  const held = { finding: 'buffered-stream', ...evidence };
  if (bytes === 0 && heldInCodingBytes > 0 && missing > 0) {
    return fail(
      `With compression offered, the stream is ${notFlushedSays(heldInCodingBytes)}; ${counted(missing, 'event')} arrived on the uncompressed stream only.`,
      { ...held, codedBytes: heldInCodingBytes },
      hint,
    );
  }
  if (missing >= LEAST_EVENTS && coded.log.publishedCount === 0) {
    return fail(
      `compressed (${coding}), and events are held back: ${missing} arrived on the uncompressed stream, none on this one`,
      held,
      hint,
    );
  }
  if (common >= LEAST_EVENTS && heldMs > HELD_MS) {
    return fail(
      `compressed (${coding}), and events arrive ${formatDuration(heldMs)} later than on the uncompressed stream`,
      held,
      hint,
    );
  }
  const flushed = common === 0 ? '' : ', and flushed after each event';
  return pass(`compressed if the client offers it (${coding})${flushed}`, evidence, hint);
}

function unknownCodingOf(listening: Listening): string | null {
  const coding = codingOf(field(listening, 'content-encoding'));
  return typeof coding === 'object' && 'unknown' in coding ? printable(coding.unknown) : null;
}

function codingName(listening: Listening): string | null {
  const coding = codingOf(field(listening, 'content-encoding'));
  return typeof coding === 'string' && coding !== 'identity' ? coding : null;
}

/** Compares the events that the main stream had after the other one opened. */
function compare(main: Listening, coded: Listening): { common: number; heldMs: number; missing: number } {
  const codedAt = arrivalTimes(coded.log.published);
  const openedMs = coded.headMs ?? 0;
  const delays: number[] = [];
  let missing = 0;
  for (const [key, atMs] of arrivalTimes(main.log.published)) {
    if (atMs < openedMs || (coded.end !== null && atMs > coded.end.atMs - HELD_MS)) continue;
    const otherMs = codedAt.get(key);
    if (otherMs === undefined) missing += 1;
    else delays.push(otherMs - atMs);
  }
  delays.sort((a, b) => a - b);
  return { common: delays.length, heldMs: Math.max(0, delays[Math.floor(delays.length / 2)] ?? 0), missing };
}

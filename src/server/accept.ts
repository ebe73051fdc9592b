/** Does an `Accept` header admit `text/event-stream`? (RFC 9110, 12.5.1) */

// The most specific range that matches decides: `text/event-stream;q=0, */*` is a no.
const RANGES = ['text/event-stream', 'text/*', '*/*'];

/** Absent means anything. Parameters other than `q` are ignored. */
export function acceptsEventStream(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const qualityOf = new Map<string, number>();
  for (const item of accept.split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    qualityOf.set(range, Number.isFinite(value) ? value : 1);
  }
  for (const range of RANGES) {
    const quality = qualityOf.get(range);
    if (quality !== undefined) return quality > 0;
  }
  return false;
}

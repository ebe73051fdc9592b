/**
 * Streams on which bytes come and no event is ever dispatched (HTML standard, 9.2.6): which mistake it is. `probe` and
 * `soak` ask it of a stream that gave no event at all, and of what stands unfinished at its end.
 */
import { keptText } from '../core/kept-text.ts';
import { counted } from '../core/units.ts';
import { SAMPLE_BYTES, type UnfinishedBlock } from '../sse/handlers.ts';

/** `no-blank-line`: events are not parted · `literal-line-end`: a backslash and a letter · `no-line-end`: nothing */
export const UNDISPATCHED = ['no-blank-line', 'literal-line-end', 'no-line-end'] as const;
export type Undispatched = (typeof UNDISPATCHED)[number];

/** One may be an event that was cut short. */
const LEAST_DATA_LINES = 2;
/** Where a line end was meant: before another, or before the next field. JSON in one line may hold one as well. */
const LITERAL_LINE_END = /\\n(?:\\n|\\r|data:|event:|id:|retry:|:)/;
/** A word that ends in `data:` begins no field. */
const TWO_FIELDS = /(?:^|\\n|[^a-z])data:.*(?:\\n|[^a-z])data:/is;

/** @returns null where it may be an event that is on its way */
export function undispatched({ dataLines, line }: UnfinishedBlock): Undispatched | null {
  if (dataLines >= LEAST_DATA_LINES) return 'no-blank-line';
  if (!TWO_FIELDS.test(line)) return null;
  return LITERAL_LINE_END.test(line) ? 'literal-line-end' : 'no-line-end';
}

const SAYS: Readonly<Record<Undispatched, string>> = {
  'no-blank-line': '`data:` lines but no blank line, so clients dispatch no event',
  'literal-line-end': 'a literal `\\n` where a line should end, so no line ends and clients dispatch no event',
  'no-line-end': 'one line that never ends, so clients dispatch no event',
};

/** What to do about any of them. */
export const UNDISPATCHED_ADVICE =
  'End each line of an event with a line break, and each event with a blank line (`data: …\\n\\n`); in PHP, Perl and shell, write `\\n` in double quotes.';

/** To stand after "the stream had" or "30 streams had". */
export function undispatchedSays(mistake: Undispatched): string {
  return SAYS[mistake];
}

/** So many show that the server means them as events: a single id tells a client where to begin. */
const LEAST_WITHOUT_DATA = 2;

/** Whether all that came is events without data, which are never dispatched. */
export function isWithoutData(events: number, withoutData: number): boolean {
  return events === 0 && withoutData >= LEAST_WITHOUT_DATA;
}

/** To stand behind "the stream had" or "30 streams had". */
export function withoutDataSays(withoutData: number, sample: string): string {
  return `${counted(withoutData, 'event')} without \`data:\` and no others, so clients dispatch no event, as in ${sample}`;
}

/** One of the lines of an event without data. Hostile text. */
export function withoutDataSample(type: string, lastEventId: string): string {
  return type === '' ? `id: ${keptText(lastEventId, SAMPLE_BYTES)}` : `event: ${keptText(type, SAMPLE_BYTES)}`;
}

export const WITHOUT_DATA_ADVICE =
  'Give each event a `data:` line, even an empty one (`event: ping\\ndata:\\n\\n`); send heartbeats that no code listens for as comments (`: ping`).';

/** What shows the mistake. Hostile text. */
export function undispatchedSample({ data, line }: UnfinishedBlock): string {
  return data === '' ? line : `data: ${data}`;
}

/**
 * The newest events, newest first, in a bounded number of rows. Where events are missing from the list a row says how many
 * and why: nobody watched, this page was away, or there were too many to list.
 */
import type { FiguresMessage, PublishedLine } from '../message.ts';
import { create, element, setText } from './elements.ts';
import { bytes, counted, timeOfDay } from './format.ts';

type GapReason = 'forgotten' | 'away' | 'unwatched' | 'many';

interface Gap {
  kind: 'gap';
  reason: GapReason;
  eventCount: number;
  fromMs: number;
  toMs: number;
}

type Entry = { kind: 'event'; event: PublishedLine } | { kind: 'restart'; atMs: number } | Gap;

const MAX_ROWS = 100;
const COLUMN_COUNT = 5;
const BECAUSE: Readonly<Record<GapReason, string>> = {
  forgotten: 'before what the server remembers',
  away: 'while this page was away',
  unwatched: 'while nobody watched',
  many: 'not listed (too many at once)',
};

export class EventList {
  readonly #rowsPlace = element('event-rows', HTMLTableSectionElement);
  readonly #empty = element('events-empty', HTMLElement);
  /** What came since the last drawing. */
  #waiting: Entry[] = [];
  #latest: FiguresMessage | null = null;
  /** The newest entry of all, and the row where it is drawn already. */
  #newest: Entry | null = null;
  #newestRow: HTMLTableRowElement | null = null;

  take(figures: FiguresMessage): void {
    const before = this.#latest;
    const { lifeId, atMs, published } = figures;
    this.#latest = figures;
    if (before !== null && before.lifeId !== lifeId) this.#enter({ kind: 'restart', atMs });
    const isSameLife = before?.lifeId === lifeId;
    const missing = published.total - (isSameLife ? before.published.total : 0) - published.newest.length;
    if (missing > 0) this.#enterGap(reasonOf(before, figures), missing, before?.atMs ?? atMs - figures.uptimeMs, atMs);
    for (const event of published.newest) this.#enter({ kind: 'event', event });
  }

  draw(): void {
    if (this.#newestRow !== null && this.#newest?.kind === 'gap') fill(this.#newestRow, this.#newest);
    const { rows } = this.#rowsPlace;
    for (const entry of this.#waiting) {
      this.#newestRow = create('tr', entry.kind);
      fill(this.#newestRow, entry);
      this.#rowsPlace.prepend(this.#newestRow);
    }
    this.#waiting = [];
    for (let count = rows.length; count > MAX_ROWS; count--) rows.item(count - 1)?.remove();
    this.#empty.hidden = this.#latest === null || rows.length > 0;
  }

  #enterGap(reason: GapReason, eventCount: number, fromMs: number, toMs: number): void {
    if (this.#newest?.kind === 'gap' && this.#newest.reason === reason) {
      this.#newest.eventCount += eventCount;
      this.#newest.toMs = toMs;
    } else this.#enter({ kind: 'gap', reason, eventCount, fromMs, toMs });
  }

  #enter(entry: Entry): void {
    this.#newest = entry;
    this.#newestRow = null;
    this.#waiting.push(entry);
    if (this.#waiting.length > MAX_ROWS) this.#waiting.shift();
  }
}

function reasonOf(before: FiguresMessage | null, { lifeId, n, published }: FiguresMessage): GapReason {
  if (before?.lifeId === lifeId) {
    if (n > before.n + 1) return 'away';
  } else if (n > 1) return before === null ? 'forgotten' : 'away';
  return published.isWatched ? 'many' : 'unwatched';
}

function fill(row: HTMLTableRowElement, entry: Entry): void {
  if (entry.kind === 'event') {
    const { atMs, id, event, data, dataBytes } = entry.event;
    row.append(
      create('td', 'number muted', timeOfDay(atMs, 'second')),
      create('td', 'number', id),
      create('td', 'text', event),
      create('td', 'text data', data),
      create('td', 'right number', bytes(dataBytes)),
    );
    return;
  }
  setText(
    noteIn(row),
    entry.kind === 'restart'
      ? `The server was restarted, seen at ${timeOfDay(entry.atMs, 'second')}.`
      : `${counted(entry.eventCount, 'event')} ${BECAUSE[entry.reason]}, from ${timeOfDay(entry.fromMs, 'second')} to ${timeOfDay(entry.toMs, 'second')}`,
  );
}

/** The text of a row that is no event: one cell over all columns. */
function noteIn(row: HTMLTableRowElement): HTMLElement {
  const known = row.querySelector('span');
  if (known !== null) return known;
  const cell = create('td');
  cell.colSpan = COLUMN_COUNT;
  const note = create('span');
  cell.append(note);
  row.append(cell);
  return note;
}

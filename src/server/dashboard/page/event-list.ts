/** The newest events, newest first: a bounded number of rows, the oldest of which becomes the next. */
import type { FiguresMessage, PublishedLine } from '../message.ts';
import { create, element, setText } from './elements.ts';
import { bytes, count, timeOfDay } from './format.ts';

type Entry = { kind: 'event'; event: PublishedLine } | { kind: 'restart'; atMs: number };

const MAX_ROWS = 100;

export class EventList {
  readonly #rowsPlace = element('event-rows', HTMLTableSectionElement);
  readonly #note = element('events-note', HTMLElement);
  readonly #empty = element('events-empty', HTMLElement);
  /** What came since the last drawing. */
  readonly #waiting: Entry[] = [];
  #lifeId: string | null = null;
  #unshown = 0;

  take({ lifeId, atMs, published: { count: publishedCount, newest } }: FiguresMessage): void {
    if (this.#lifeId !== null && this.#lifeId !== lifeId) this.#waiting.push({ kind: 'restart', atMs });
    this.#lifeId = lifeId;
    this.#unshown += publishedCount - newest.length;
    for (const event of newest) this.#waiting.push({ kind: 'event', event });
    if (this.#waiting.length > MAX_ROWS) this.#waiting.splice(0, this.#waiting.length - MAX_ROWS);
  }

  draw(): void {
    for (const entry of this.#waiting) this.#add(entry);
    this.#waiting.length = 0;
    this.#empty.hidden = this.#rowsPlace.rows.length > 0;
    setText(this.#note, this.#unshown === 0 ? '' : `${count(this.#unshown)} more went by`);
  }

  #add(entry: Entry): void {
    const { rows } = this.#rowsPlace;
    const row = rows.length >= MAX_ROWS ? (rows.item(MAX_ROWS - 1) ?? newRow()) : newRow();
    const [id, event, data, size] = row.cells;
    if (id === undefined || event === undefined || data === undefined || size === undefined)
      throw new Error('a row lacks a cell');
    row.classList.toggle('restart', entry.kind === 'restart');
    const isEvent = entry.kind === 'event';
    setText(id, isEvent ? entry.event.id : '');
    setText(event, isEvent ? entry.event.event : 'restart');
    setText(
      data,
      isEvent ? entry.event.data : `the server began a new life, seen at ${timeOfDay(entry.atMs, 'second')}`,
    );
    setText(size, isEvent ? bytes(entry.event.dataBytes) : '');
    this.#rowsPlace.prepend(row);
  }
}

function newRow(): HTMLTableRowElement {
  const row = create('tr');
  row.append(create('td', 'number'), create('td', 'text'), create('td', 'text data'), create('td', 'right number'));
  return row;
}

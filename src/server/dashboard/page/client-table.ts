/**
 * Which clients are connected, the worst first. Rows belong to a client and stay with it; a new client gets the row of one
 * who left. What is listed is bounded by the server; how many more there are is said below.
 */
import type { NowMessage } from '../message.ts';
import { ClientFilter } from './client-filter.ts';
import { ClientOrder, type ClientRow, type SortKey, stateOf } from './client-order.ts';
import { create, element, setText } from './elements.ts';
import { bytes, bytesPerSecond, count, counted, duration } from './format.ts';

const UNKNOWN = '–';
const COLUMNS: ReadonlyArray<{ key: SortKey; title: string; isFigure: boolean; text(client: ClientRow): string }> = [
  { key: 'id', title: 'Client', isFigure: false, text: ({ id }) => id },
  { key: 'badness', title: 'State', isFigure: false, text: stateOf },
  {
    key: 'unacknowledgedBytes',
    title: 'Unacknowledged',
    isFigure: true,
    text: ({ unacknowledgedBytes }) => (unacknowledgedBytes === null ? UNKNOWN : bytes(unacknowledgedBytes)),
  },
  { key: 'queuedBytes', title: 'Queued', isFigure: true, text: ({ queuedBytes }) => bytes(queuedBytes) },
  {
    key: 'noProgressMs',
    title: 'No progress for',
    isFigure: true,
    text: ({ noProgressMs }) => (noProgressMs === 0 ? UNKNOWN : duration(noProgressMs)),
  },
  {
    key: 'ratePerSecond',
    title: 'Rate',
    isFigure: true,
    text: ({ ratePerSecond }) => (ratePerSecond === null ? UNKNOWN : bytesPerSecond(ratePerSecond)),
  },
  { key: 'writtenBytes', title: 'Written', isFigure: true, text: ({ writtenBytes }) => bytes(writtenBytes) },
  { key: 'ageMs', title: 'Age', isFigure: true, text: ({ ageMs }) => duration(ageMs) },
  { key: 'userAgent', title: 'User agent', isFigure: false, text: ({ userAgent }) => userAgent },
];

interface Row {
  line: HTMLTableRowElement;
  cells: HTMLElement[];
}

export class ClientTable {
  readonly #rowsPlace = element('client-rows', HTMLTableSectionElement);
  readonly #note = element('clients-note', HTMLElement);
  readonly #table = element('client-table', HTMLTableElement);
  readonly #empty = element('clients-empty', HTMLElement);
  readonly #more = element('clients-more', HTMLElement);
  readonly #filter = new ClientFilter(() => this.draw());
  readonly #headCells: ReadonlyArray<{ cell: HTMLTableCellElement; key: SortKey }>;
  readonly #order = new ClientOrder();
  #rows = new Map<string, Row>();
  #clients: ClientRow[] = [];
  #now: NowMessage | null = null;

  constructor() {
    this.#headCells = COLUMNS.map(({ key, title, isFigure }) => {
      const cell = create('th', isFigure ? 'right' : '');
      cell.scope = 'col';
      const button = create('button', 'sort', title);
      button.type = 'button';
      button.addEventListener('click', () => {
        this.#order.choose(key);
        this.draw();
      });
      cell.append(button);
      return { cell, key };
    });
    element('client-head', HTMLTableRowElement).append(...this.#headCells.map(({ cell }) => cell));
    this.#showOrder();
  }

  take(now: NowMessage): void {
    const before = new Map(this.#clients.map((client) => [client.id, client.writtenBytes]));
    const elapsedMs = this.#now?.lifeId === now.lifeId ? now.atMs - this.#now.atMs : 0;
    this.#clients = now.clients.map((client, index) => {
      const written = before.get(client.id);
      return {
        ...client,
        badness: now.clients.length - index,
        ratePerSecond:
          written === undefined || elapsedMs <= 0 ? null : ((client.writtenBytes - written) * 1000) / elapsedMs,
      };
    });
    this.#now = now;
  }

  draw(): void {
    this.#showOrder();
    const sorted = this.#clients.filter(this.#filter.matches).toSorted(this.#order.compare);
    const spare: Row[] = [];
    const kept = new Map<string, Row>();
    const wanted = new Set(sorted.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) kept.set(id, row);
      else spare.push(row);
    }
    this.#rows = new Map(sorted.map((client) => [client.id, kept.get(client.id) ?? spare.pop() ?? newRow()]));
    for (const { line } of spare) line.remove();
    let place = this.#rowsPlace.firstElementChild;
    for (const client of sorted) {
      const row = this.#rows.get(client.id);
      if (row === undefined) throw new Error(`no row for ${client.id}`);
      write(row, client);
      if (row.line === place) place = place.nextElementSibling;
      else this.#rowsPlace.insertBefore(row.line, place);
    }
    this.#tellNumbers(sorted.length);
  }

  #tellNumbers(shown: number): void {
    const listed = this.#clients.length;
    // The two are counted one after the other: a client may leave in between.
    const connected = Math.max(this.#now?.connected ?? 0, listed);
    const unlisted = connected - listed;
    this.#empty.hidden = this.#now === null || connected > 0;
    this.#table.hidden = !this.#empty.hidden;
    const list = unlisted === 0 ? '' : `, the worst ${count(listed)} are listed`;
    setText(this.#note, `${count(connected)} connected${list}${this.#filter.isOn ? `, ${count(shown)} match` : ''}`);
    this.#more.hidden = unlisted === 0 && (shown > 0 || connected === 0);
    const none = shown === 0 && connected > 0 ? 'No client in this list matches the filter. ' : '';
    setText(
      this.#more,
      unlisted === 0 ? none : `${none}And ${counted(unlisted, 'more client')}, none in a worse state.`,
    );
  }

  #showOrder(): void {
    for (const { cell, key } of this.#headCells) {
      if (key === this.#order.key) cell.ariaSort = this.#order.descending ? 'descending' : 'ascending';
      else cell.ariaSort = 'none';
    }
  }
}

function newRow(): Row {
  const line = create('tr');
  const cells = COLUMNS.map(({ key, isFigure }) => {
    const cell = create(key === 'id' ? 'th' : 'td', isFigure ? 'right number' : `text ${key}`);
    if (cell instanceof HTMLTableCellElement && key === 'id') cell.scope = 'row';
    return cell;
  });
  line.append(...cells);
  return { line, cells };
}

function write({ line, cells }: Row, client: ClientRow): void {
  line.classList.toggle('bad', stateOf(client) !== 'accepting');
  COLUMNS.forEach(({ text }, index) => {
    const cell = cells[index];
    if (cell !== undefined) setText(cell, text(client));
  });
}

/** Who is connected. Rows belong to a client and stay with it; a new client gets the row of one who left. */
import type { NowMessage } from '../message.ts';
import { ClientOrder, type ClientRow, type SortKey } from './client-order.ts';
import { create, element, setText } from './elements.ts';
import { bytes, bytesPerSecond, count, duration } from './format.ts';

const COLUMNS: ReadonlyArray<{ key: SortKey; title: string; isFigure: boolean; text(client: ClientRow): string }> = [
  { key: 'id', title: 'Client', isFigure: false, text: ({ id }) => id },
  { key: 'ageMs', title: 'Age', isFigure: true, text: ({ ageMs }) => duration(ageMs) },
  { key: 'queuedBytes', title: 'Queue', isFigure: true, text: ({ queuedBytes }) => bytes(queuedBytes) },
  { key: 'blocked', title: 'State', isFigure: false, text: ({ blocked }) => (blocked ? 'blocked' : 'accepting') },
  {
    key: 'lastAcceptedAgoMs',
    title: 'Accepted',
    isFigure: true,
    text: ({ lastAcceptedAgoMs }) => `${duration(lastAcceptedAgoMs)} ago`,
  },
  {
    key: 'ratePerSecond',
    title: 'Rate',
    isFigure: true,
    text: ({ ratePerSecond }) => (ratePerSecond === null ? '–' : bytesPerSecond(ratePerSecond)),
  },
  { key: 'writtenBytes', title: 'Written', isFigure: true, text: ({ writtenBytes }) => bytes(writtenBytes) },
  { key: 'userAgent', title: 'User agent', isFigure: false, text: ({ userAgent }) => userAgent },
];

interface Row {
  line: HTMLTableRowElement;
  cells: HTMLElement[];
}

export class ClientTable {
  readonly #rowsPlace = element('client-rows', HTMLTableSectionElement);
  readonly #note = element('clients-note', HTMLElement);
  readonly #empty = element('clients-empty', HTMLElement);
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
    this.#clients = now.clients.map((client) => {
      const written = before.get(client.id);
      return {
        ...client,
        ratePerSecond:
          written === undefined || elapsedMs <= 0 ? null : ((client.writtenBytes - written) * 1000) / elapsedMs,
      };
    });
    this.#now = now;
  }

  draw(): void {
    this.#showOrder();
    const sorted = this.#clients.toSorted(this.#order.compare);
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
    const connected = this.#now?.connected ?? 0;
    this.#empty.hidden = sorted.length > 0;
    setText(
      this.#note,
      connected > sorted.length
        ? `${count(sorted.length)} of ${count(connected)}: the most queued, then the oldest`
        : count(connected),
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
  line.classList.toggle('blocked', client.blocked);
  COLUMNS.forEach(({ text }, index) => {
    const cell = cells[index];
    if (cell !== undefined) setText(cell, text(client));
  });
}

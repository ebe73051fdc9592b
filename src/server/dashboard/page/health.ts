/** How many clients were evicted, expired or rejected, and whether each component works. Names appear once and stay. */
import type { FiguresMessage, NowMessage } from '../message.ts';
import { create, element, setText } from './elements.ts';
import { count } from './format.ts';

const COMPONENT_TITLES: Readonly<Record<string, string>> = { eventLoop: 'event loop' };

export class Health {
  readonly #gone = new NamedList(element('gone', HTMLDListElement));
  readonly #components = new NamedList(element('health', HTMLDListElement));

  drawFigures({ evicted, expired, clients }: FiguresMessage): void {
    for (const [reason, evictedCount] of Object.entries(evicted)) this.#tell(`evicted: ${reason}`, evictedCount);
    this.#tell('expired at the maximum age', expired);
    this.#tell('rejected: server full', clients.refused);
  }

  drawNow({ components, draining }: NowMessage): void {
    this.#components.set('server', draining ? 'shutting down' : 'serving', draining ? 'bad' : 'good');
    for (const [name, { ready, detail, off = false }] of Object.entries(components)) {
      this.#components.set(
        COMPONENT_TITLES[name] ?? name,
        ready ? detail : `not ready: ${detail}`,
        off ? 'off' : ready ? 'good' : 'bad',
      );
    }
  }

  #tell(name: string, clientCount: number): void {
    this.#gone.set(name, count(clientCount), clientCount > 0 ? 'some' : 'none');
  }
}

class NamedList {
  readonly #place: HTMLDListElement;
  readonly #values = new Map<string, HTMLElement>();

  constructor(place: HTMLDListElement) {
    this.#place = place;
  }

  set(name: string, text: string, state: string): void {
    let value = this.#values.get(name);
    if (value === undefined) {
      value = create('dd', 'number');
      const entry = create('div');
      entry.append(create('dt', '', name), value);
      this.#place.append(entry);
      this.#values.set(name, value);
    }
    setText(value, text);
    value.dataset['state'] = state;
  }
}

/** Which of the listed clients are shown: by a text in the id or the User-Agent, and by state. */
import { type ClientRow, stateOf } from './client-order.ts';
import { element } from './elements.ts';

export class ClientFilter {
  readonly #text = element('client-text', HTMLInputElement);
  readonly #state = element('client-state', HTMLSelectElement);

  constructor(onChange: () => void) {
    this.#text.addEventListener('input', onChange);
    this.#state.addEventListener('change', onChange);
  }

  /** Whether it leaves anything out. */
  get isOn(): boolean {
    return this.#wanted !== '' || this.#state.value !== 'all';
  }

  readonly matches = (client: ClientRow): boolean => {
    const isAccepting = stateOf(client) === 'accepting';
    if (this.#state.value === 'accepting' && !isAccepting) return false;
    if (this.#state.value === 'bad' && isAccepting) return false;
    return `${client.id}\n${client.userAgent}`.toLowerCase().includes(this.#wanted);
  };

  get #wanted(): string {
    return this.#text.value.trim().toLowerCase();
  }
}

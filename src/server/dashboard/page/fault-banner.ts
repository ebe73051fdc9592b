/** Says that the server was started with a defect, which one, and what it does; hidden for a sound server. */
import type { NowMessage } from '../message.ts';
import { create, element } from './elements.ts';

export class FaultBanner {
  readonly #place = element('faults', HTMLElement);
  readonly #list = element('fault-list', HTMLUListElement);
  #shown = '';

  draw({ faults }: NowMessage): void {
    const wanted = JSON.stringify(faults);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    this.#place.hidden = faults.length === 0;
    this.#list.replaceChildren(
      ...faults.map(({ name, summary }) => {
        const item = create('li');
        item.append(create('strong', 'badge', `fault: ${name}`), create('span', '', summary));
        return item;
      }),
    );
  }
}

/**
 * All charts of a page. `render` may be called again with a newer set, as a page does that shows a run while it goes on:
 * a chart whose lines are the same is given its new values, another is made anew.
 */
import type { Chart, ChartSet } from '../chart-model.ts';
import { Palette } from './palette.ts';
import { Plot } from './plot.ts';

export class ChartView {
  readonly #page: Document;
  readonly #palette = new Palette();
  readonly #plots = new Map<string, { plot: Plot; lines: string }>();

  constructor(page: Document) {
    this.#page = page;
    page.documentElement.classList.add('drawn');
    const repaint = (): void => {
      this.#palette.read();
      for (const { plot } of this.#plots.values()) plot.repaint();
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
    for (const print of ['beforeprint', 'afterprint']) addEventListener(print, repaint);
  }

  render(set: ChartSet): void {
    for (const chart of set.charts) this.#draw(chart, set);
  }

  #draw(chart: Chart, set: ChartSet): void {
    const place = this.#page.querySelector<HTMLElement>(`#chart-${chart.id}`);
    if (place === null || chart.instead !== null) return;
    const lines = chart.lines.map(({ label }) => label).join('\n');
    const known = this.#plots.get(chart.id);
    // The markup around it may have been written anew with the set.
    if (known?.lines === lines && known.plot.isIn(place)) {
      known.plot.draw(chart, set);
      return;
    }
    known?.plot.end();
    this.#plots.set(chart.id, { plot: new Plot(place, chart, set, this.#palette), lines });
  }
}

/** One chart: its newest figure as text, and its lines over time by uPlot. */
import uPlot from './uplot.js';
import { create, setText } from './elements.ts';
import { timeOfDay } from './format.ts';
import { type Column, type ColumnName, emptyColumns } from './history.ts';
import type { Palette } from './palette.ts';

/** What a chart shows. */
export interface ChartPlan {
  title: string;
  /** The first is the headline; the second is dashed, so that they differ without colour too. */
  lines: ReadonlyArray<{ column: ColumnName; label: string }>;
  format(value: number): string;
  /** The same on the axis, where there is less room. */
  axis(value: number): string;
  /** Steps of the axis that make sense; it reaches up to the first of them at least. */
  steps: number[];
}

/** What is drawn: all charts of one moment share it. */
export interface Drawing {
  times: number[];
  columns: Readonly<Record<ColumnName, Column>>;
  restarts: readonly number[];
}

const HEIGHT = 116;
const FONT = '11px system-ui, sans-serif';
const LEAST_SPAN_SECONDS = 60;
const DASH = [5, 4];

export class Chart {
  readonly #plan: ChartPlan;
  readonly #palette: Palette;
  readonly #value = create('span', 'value number');
  readonly #detail = create('span', 'muted');
  readonly #keys: HTMLElement[];
  readonly #plot: uPlot;
  #drawing: Drawing = {
    times: [],
    columns: emptyColumns(),
    restarts: [],
  };
  #detailText = '';

  constructor(parent: HTMLElement, plan: ChartPlan, palette: Palette) {
    this.#plan = plan;
    this.#palette = palette;
    const card = create('figure', 'card chart');
    const caption = create('figcaption');
    caption.append(create('h3', '', plan.title), this.#value, this.#detail);
    this.#keys = plan.lines.slice(1).map(() => create('span', 'key number'));
    caption.append(...this.#keys);
    const place = create('div', 'plot');
    // What the lines say stands above them as text.
    place.setAttribute('aria-hidden', 'true');
    card.append(caption, place);
    parent.append(card);
    this.#plot = new uPlot(this.#options(place.clientWidth), [[]], place);
    new ResizeObserver(() => {
      if (place.clientWidth > 0) this.#plot.setSize({ width: place.clientWidth, height: HEIGHT });
    }).observe(place);
  }

  draw(drawing: Drawing, detail: string): void {
    this.#drawing = drawing;
    this.#detailText = detail;
    this.#plot.setData([drawing.times, ...this.#plan.lines.map(({ column }) => drawing.columns[column])]);
    this.#write();
  }

  /** The colours have changed. */
  redraw(): void {
    this.#plot.redraw(false);
  }

  /** The figures under the pointer, else the newest. */
  #write(): void {
    const { times, columns } = this.#drawing;
    const pointed = this.#plot.cursor.idx ?? null;
    const at = pointed ?? times.length - 1;
    const texts = this.#plan.lines.map(({ column }) => {
      const value = columns[column][at] ?? null;
      return value === null ? '–' : this.#plan.format(value);
    });
    setText(this.#value, texts[0] ?? '–');
    this.#keys.forEach((key, index) =>
      setText(key, `${this.#plan.lines[index + 1]?.label ?? ''} ${texts[index + 1] ?? '–'}`),
    );
    setText(
      this.#detail,
      pointed === null ? this.#detailText : `at ${timeOfDay((times[pointed] ?? 0) * 1000, 'second')}`,
    );
  }

  #options(width: number): uPlot.Options {
    const palette = this.#palette;
    const axis: uPlot.Axis = {
      stroke: () => palette.muted,
      font: FONT,
      grid: { stroke: () => palette.grid, width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height: HEIGHT,
      padding: [6, 20, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { setScale: false, x: false, y: false },
        points: { size: 6 },
        sync: { key: 'dashboard', setSeries: false },
      },
      scales: {
        x: { range: (_, min, max) => [Math.min(min, max - LEAST_SPAN_SECONDS), max] },
        y: { range: (_, __, max) => [0, Math.max(max * 1.1, this.#plan.steps[0] ?? 1)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 7,
          space: 70,
          values: (...[, splits, , , stepSeconds]) =>
            splits.map((at) => timeOfDay(at * 1000, stepSeconds < 60 ? 'second' : 'minute')),
        },
        {
          ...axis,
          size: 62,
          gap: 4,
          space: 28,
          incrs: this.#plan.steps,
          values: (_, splits) => splits.map((value) => (value === 0 ? '0' : this.#plan.axis(value))),
        },
      ],
      series: [
        {},
        ...this.#plan.lines.map(({ label }, index): uPlot.Series => ({
          label,
          stroke: () => (index === 0 ? palette.line : palette.secondLine),
          width: 1.5,
          ...(index === 0 ? { fill: () => palette.area } : { dash: DASH }),
          points: { show: false },
        })),
      ],
      hooks: { draw: [(plot) => this.#markRestarts(plot)], setCursor: [() => this.#write()] },
    };
  }

  #markRestarts(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = this.#palette.muted;
    ctx.setLineDash([2, 3]);
    for (const at of this.#drawing.restarts) {
      const x = plot.valToPos(at, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }
}

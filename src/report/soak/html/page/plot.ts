/** One chart, drawn by uPlot, and the figures under the pointer beside its keys. */
import uPlot from 'uplot';
import { type Chart, type ChartMark, type ChartSet, unitText } from '../chart-model.ts';
import { dashOf } from '../line-styles.ts';
import { drawMarks, marksHeight } from './mark-lines.ts';
import type { Palette } from './palette.ts';
import { rarity, rarityText, TIME_STEPS, VALUE_STEPS, valueRange, valueText } from './scales.ts';

const HEIGHT_PX = 240;
const FONT = '12px system-ui, sans-serif';
const X_AXIS_PX = 30;
const LINE_PX = 2;
/** Lines of so many points are drawn as fine ones. */
const MANY_POINTS = 400;
const FINE_LINE_PX = 1;
const POINT_PX = 5;
const BAND_PX = 1;
const BAND_DASH = [1, 3];

export class Plot {
  readonly #place: HTMLElement;
  readonly #palette: Palette;
  readonly #plot: uPlot;
  readonly #watch: ResizeObserver;
  #keys: { value: HTMLElement; highest: string }[] = [];
  #chart: Chart;
  #marks: readonly ChartMark[];

  /** @param place the figure: the plot goes into its `.plot`, the values beside the keys in it */
  constructor(place: HTMLElement, chart: Chart, set: ChartSet, palette: Palette) {
    this.#place = place;
    this.#palette = palette;
    this.#chart = chart;
    this.#marks = set.marks;
    this.#readKeys();
    const inner = place.querySelector<HTMLElement>('.plot') ?? place;
    this.#plot = new uPlot(this.#options(inner.clientWidth, set), this.#data(set), inner);
    this.#watch = new ResizeObserver(() => {
      if (inner.clientWidth > 0) this.#plot.setSize({ width: inner.clientWidth, height: this.#height });
    });
    this.#watch.observe(inner);
  }

  isIn(place: HTMLElement): boolean {
    return this.#place === place;
  }

  draw(chart: Chart, set: ChartSet): void {
    const height = this.#height;
    this.#chart = chart;
    this.#marks = set.marks;
    this.#readKeys();
    if (this.#height !== height) this.#plot.setSize({ width: this.#plot.width, height: this.#height });
    this.#plot.setData(this.#data(set));
    this.#write();
  }

  /** What stands beside the keys, which was written anew with the set. */
  #readKeys(): void {
    this.#keys = Array.from(this.#place.querySelectorAll<HTMLElement>('.keys .value'), (value) => ({
      value,
      highest: value.textContent ?? '',
    }));
  }

  /** The colours have changed. */
  repaint(): void {
    this.#plot.redraw(false);
  }

  end(): void {
    this.#watch.disconnect();
    this.#plot.destroy();
  }

  get #isOverTime(): boolean {
    return this.#chart.axis === 'time';
  }

  get #height(): number {
    return HEIGHT_PX + this.#top;
  }

  /** All charts have the same, so that those side by side are alike. */
  get #top(): number {
    return marksHeight(this.#marks);
  }

  #data({ timesMs }: ChartSet): uPlot.AlignedData {
    const { lines, band, shares } = this.#chart;
    const across = this.#isOverTime ? timesMs.map((ms) => ms / 1000) : shares.map(rarity);
    return [across, ...lines.map(({ values }) => values), ...(band === null ? [] : [band.high, band.low])];
  }

  #options(width: number, set: ChartSet): uPlot.Options {
    const { lines, band, unit } = this.#chart;
    const across = this.#isOverTime ? set.timesMs.length : 0;
    const palette = this.#palette;
    const edge: uPlot.Series = {
      stroke: () => palette.line(lines.at(-1)?.style ?? 0),
      width: BAND_PX,
      dash: BAND_DASH,
      points: { show: false },
    };
    return {
      width,
      height: this.#height,
      padding: [() => this.#top, () => 14, () => 0, () => 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { setScale: false, x: false, y: false },
        points: { size: 7 },
        ...(this.#isOverTime ? { sync: { key: 'time', setSeries: false } } : {}),
      },
      scales: {
        x: { time: false, range: (_plot, min, max) => [this.#isOverTime ? 0 : min, max > min ? max : min + 1] },
        y: { range: (_plot, _min, max) => valueRange(this.#chart, max ?? 0) },
      },
      axes: [
        this.#isOverTime
          ? {
              ...this.#axis(),
              size: X_AXIS_PX,
              space: 70,
              incrs: TIME_STEPS,
              values: (_plot, splits) => splits.map((seconds) => valueText('ms', seconds * 1000)),
            }
          : {
              ...this.#axis(),
              size: X_AXIS_PX,
              space: 50,
              incrs: [1],
              values: (_plot, splits) => splits.map(rarityText),
            },
        {
          ...this.#axis(),
          size: 68,
          space: 28,
          incrs: VALUE_STEPS[unit],
          values: (_plot, splits) => splits.map((value) => valueText(unit, value)),
        },
      ],
      series: [
        {},
        ...lines.map(({ style }): uPlot.Series => ({
          stroke: () => palette.line(style),
          width: across > MANY_POINTS ? FINE_LINE_PX : LINE_PX,
          dash: [...dashOf(style)],
          spanGaps: this.#chart.isJoined,
          points: {
            show: !this.#chart.isJoined,
            size: POINT_PX,
            filter: (plot, line) => lonePoints(plot.data[line] ?? []),
          },
          ...(this.#chart.isStepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        })),
        ...(band === null ? [] : [edge, edge]),
      ],
      ...(band === null
        ? {}
        : { bands: [{ series: [lines.length + 1, lines.length + 2] as [number, number], fill: () => palette.band }] }),
      hooks: {
        draw: [(plot) => (this.#isOverTime ? drawMarks(plot, this.#marks, palette) : undefined)],
        setCursor: [() => this.#write()],
      },
    };
  }

  #axis(): uPlot.Axis {
    return {
      stroke: () => this.#palette.muted,
      font: FONT,
      grid: { stroke: () => this.#palette.rule, width: 1 },
      ticks: { show: false },
    };
  }

  /** The values under the pointer; those that stood there before, where it is elsewhere. */
  #write(): void {
    const at = this.#plot.cursor.idx ?? null;
    for (const [index, { value, highest }] of this.#keys.entries()) {
      const text = at === null ? highest : unitText(this.#chart.unit, this.#chart.lines[index]?.values[at] ?? null);
      if (value.textContent !== text) value.textContent = text;
    }
  }
}

/** Between two seconds without a value there is no line that could show one. */
function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  for (let at = 0; at < values.length; at++)
    if ((values[at] ?? null) !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null)
      lone.push(at);
  return lone;
}

/** Which charts there are, and what is said beside each. */
import type { FiguresMessage } from '../message.ts';
import { Chart, type ChartPlan } from './chart.ts';
import { bytes, count, counted, eventsPerSecond, milliseconds, perSecond } from './format.ts';
import { evictedOf, type History } from './history.ts';
import { Palette } from './palette.ts';

const DECIMAL_STEPS = [1, 2, 5]
  .flatMap((digit) => Array.from({ length: 9 }, (_, power) => digit * 10 ** power))
  .toSorted((a, b) => a - b);
const FINE_STEPS = [0.1, 0.2, 0.5, ...DECIMAL_STEPS];
const BINARY_STEPS = Array.from({ length: 34 }, (_, power) => 1024 * 2 ** power);

const RATES = { format: eventsPerSecond, axis: perSecond, steps: FINE_STEPS };
const SIZES = { format: bytes, axis: bytes, steps: BINARY_STEPS };

const PLANS: ReadonlyArray<ChartPlan & { detail(figures: FiguresMessage): string }> = [
  {
    title: 'Clients connected',
    lines: [
      { column: 'connected', label: 'connected' },
      { column: 'blocked', label: 'blocked' },
    ],
    format: count,
    axis: count,
    steps: DECIMAL_STEPS,
    detail: ({ clients }) => `peak ${count(clients.peak)}, total ${count(clients.total)}`,
  },
  {
    title: 'Events published',
    lines: [{ column: 'published', label: 'published' }],
    ...RATES,
    detail: ({ events }) => `total ${count(events.published)}`,
  },
  {
    title: 'Events delivered to all clients',
    lines: [{ column: 'delivered', label: 'delivered' }],
    ...RATES,
    detail: ({ events }) => `total ${count(events.delivered)}`,
  },
  {
    title: 'Events dropped and replayed',
    lines: [
      { column: 'dropped', label: 'dropped' },
      { column: 'replayed', label: 'replayed' },
    ],
    ...RATES,
    detail: ({ events }) => `dropped, total ${count(events.dropped)}`,
  },
  {
    title: 'Bytes queued for all clients',
    lines: [{ column: 'queued', label: 'queued' }],
    ...SIZES,
    detail: ({ clients }) => `${counted(clients.blocked, 'client')} blocked`,
  },
  {
    title: 'Clients evicted and rejected',
    lines: [
      { column: 'evicted', label: 'evicted' },
      { column: 'rejected', label: 'rejected' },
    ],
    format: perSecond,
    axis: perSecond,
    steps: FINE_STEPS,
    detail: (figures) => `evicted, total ${count(evictedOf(figures))}`,
  },
  {
    title: 'Memory of the server',
    lines: [
      { column: 'rss', label: 'RSS' },
      { column: 'heap', label: 'heap' },
    ],
    ...SIZES,
    detail: () => 'RSS',
  },
  {
    title: 'Event-loop delay',
    lines: [{ column: 'delay', label: 'p99' }],
    format: milliseconds,
    axis: milliseconds,
    steps: FINE_STEPS,
    detail: ({ eventLoopDelayMs: { p50, max } }) => `p99; p50 ${milliseconds(p50)}, max ${milliseconds(max)}`,
  },
];

export class Charts {
  readonly #palette = new Palette();
  readonly #charts: ReadonlyArray<{ chart: Chart; detail(figures: FiguresMessage): string }>;
  readonly #parent: HTMLElement;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
    this.#charts = PLANS.map((plan) => ({
      chart: new Chart(parent, plan, this.#palette),
      detail: (figures) => plan.detail(figures),
    }));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#palette.read();
      for (const { chart } of this.#charts) chart.redraw();
    });
  }

  draw(history: History): void {
    const { latest } = history;
    if (latest === null) return;
    // A copy: uPlot goes on reading what it was given, also while the page is paused.
    const drawing = {
      times: history.times.slice(),
      columns: Object.fromEntries(
        Object.entries(history.columns).map(([name, column]) => [name, column.slice()]),
      ) as History['columns'],
      restarts: history.restarts.slice(),
    };
    for (const { chart, detail } of this.#charts) chart.draw(drawing, detail(latest));
    // These attributes show programs outside, such as tests, what is drawn.
    this.#parent.dataset['points'] = String(history.pointCount);
    this.#parent.dataset['latest'] = `${latest.lifeId}-${latest.n}`;
  }
}

/**
 * A time series that never outgrows memory: when it is full, every second point goes, and from then on only
 * every second one is taken, and so on. The shape of the whole stays; a run of a month costs what an hour does.
 * Where points are counts of what happened since the one before, those that would go are joined with the one behind them.
 */
const SERIES_POINTS = 7200;

interface SeriesOptions<Point> {
  /** Even; there are fewer points than that. */
  limit: number;
  join: ((earlier: Point, later: Point) => Point) | null;
}

export class BoundedSeries<Point> {
  private points: Point[] = [];
  private readonly limit: number;
  private readonly join: ((earlier: Point, later: Point) => Point) | null;
  private stride = 1;
  private offered = 0;
  /** Joined, and not as long as the points are. */
  private open: Point | null = null;

  /** @param join makes one of two points that follow each other; null: the later one goes */
  constructor({ limit = SERIES_POINTS, join = null }: Partial<SeriesOptions<Point>> = {}) {
    this.limit = limit;
    this.join = join;
  }

  add(point: Point): void {
    const at = this.offered++ % this.stride;
    if (this.join === null) {
      if (at !== 0) return;
      this.points.push(point);
    } else {
      const whole = this.open === null ? point : this.join(this.open, point);
      this.open = at === this.stride - 1 ? null : whole;
      if (this.open !== null) return;
      this.points.push(whole);
    }
    if (this.points.length < this.limit) return;
    this.points = this.join === null ? everySecond(this.points) : joinedPairs(this.points, this.join);
    this.stride *= 2;
  }

  /** In the order in which they came; the last one may stand for less time than the others. */
  toArray(): Point[] {
    return this.open === null ? [...this.points] : [...this.points, this.open];
  }
}

/** The points in the order of their times: what was asked of a busy server may have come back after what was asked later. */
export function inOrder<Point extends { tMs: number }>(series: BoundedSeries<Point>): Point[] {
  return series.toArray().toSorted((one, other) => one.tMs - other.tMs);
}

function everySecond<Point>(points: readonly Point[]): Point[] {
  return points.filter((_point, index) => index % 2 === 0);
}

function joinedPairs<Point>(points: readonly Point[], join: (earlier: Point, later: Point) => Point): Point[] {
  return everySecond(points).map((point, pair) => {
    const later = points[2 * pair + 1];
    return later === undefined ? point : join(point, later);
  });
}

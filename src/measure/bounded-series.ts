/**
 * A time series that never outgrows memory: when it is full, every second point goes, and from then on only
 * every second one is taken, and so on. The shape of the whole stays; a run of a month costs what an hour does.
 */
const SERIES_POINTS = 7200;

export class BoundedSeries<Point> {
  private points: Point[] = [];
  private readonly limit: number;
  private stride = 1;
  private offered = 0;

  constructor(limit: number = SERIES_POINTS) {
    this.limit = limit;
  }

  add(point: Point): void {
    if (this.offered++ % this.stride !== 0) return;
    this.points.push(point);
    if (this.points.length < this.limit) return;
    this.points = this.points.filter((_point, index) => index % 2 === 0);
    this.stride *= 2;
  }

  toArray(): Point[] {
    return [...this.points];
  }
}

/** The points in the order of their times: what was asked of a busy server may have come back after what was asked later. */
export function inOrder<Point extends { tMs: number }>(series: BoundedSeries<Point>): Point[] {
  return series.toArray().toSorted((one, other) => one.tMs - other.tMs);
}

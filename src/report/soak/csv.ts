/**
 * The series of a run as CSV (RFC 4180): a line for each second, with the names of the JSON report above them. A cell is
 * a number or empty, for what was not measured; no text of a server is among them, so that no cell can be a formula.
 */
import { CAUSES, type Cause } from '../../core/causes.ts';
import type { SeriesPoint } from '../../record/series-point.ts';
import type { SoakReport } from './soak-report.ts';

type Figure = Exclude<keyof SeriesPoint, 'dropsByCause'>;

/** New ones come last: a reader that goes by place keeps working. */
const COLUMNS = Object.keys({
  tMs: 0,
  clients: 0,
  events: 0,
  latencyP50Ms: 0,
  latencyP99Ms: 0,
  rssBytes: 0,
  drops: 0,
  evictions: 0,
  latencyP90Ms: 0,
  latencyMaxMs: 0,
  reconnects: 0,
  refused: 0,
  heartbeats: 0,
  heartbeatMeanMs: 0,
  heartbeatMaxMs: 0,
  loadDelayMs: 0,
  serverClients: 0,
  serverBlocked: 0,
  queuedBytes: 0,
  heapUsedBytes: 0,
  openHealthy: 0,
  openSlow: 0,
  openStalled: 0,
  openVanished: 0,
  openAbrupt: 0,
  openResuming: 0,
  connecting: 0,
  waiting: 0,
} satisfies Record<Figure, 0>) as Figure[];

/** A column for each cause there is, whether it occurred or not: files of two runs have the same columns. */
const DROP_CAUSES = Object.keys(CAUSES) as Cause[];

export function soakCsv({ series }: SoakReport): string {
  const lines = series.map((point) => [
    ...COLUMNS.map((column) => String(point[column] ?? '')),
    ...DROP_CAUSES.map((cause) => String(point.dropsByCause?.[cause] ?? 0)),
  ]);
  const head = [...COLUMNS, ...DROP_CAUSES.map((cause) => `drops.${cause}`)];
  return [head, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/**
 * The rows of `--list`, made from the tables that the program itself reads, so that no list can be out of date. The
 * pages of docs/ that have no more to say are made from the same rows.
 */
import { CAUSES } from '../core/causes.ts';
import { CLIENT_KIND_SAYS } from '../core/client-kinds.ts';
import { METRIC_UNITS, type MetricUnit } from '../core/metric-units.ts';
import { CHECK_IDS, CHECKS_KNOWN } from '../findings/check-rows.ts';
import { FINDING_IDS, FINDINGS } from '../findings/finding-rows.ts';
import { PROBE_METRICS } from '../probe/metrics.ts';
import { faults } from '../server/faults/registry.ts';
import { METRICS } from '../verdict/metrics.ts';
import type { ListName } from './list-flag.ts';

export interface ValueRow {
  readonly name: string;
  /** Its unit, its severity or whatever else is short; empty where there is nothing of the kind. */
  readonly note: string;
  /** One sentence, or what would be one with its name in front. */
  readonly says: string;
}

const ROWS: Readonly<Record<ListName, (command: string | null) => ValueRow[]>> = {
  metrics: metricRows,
  findings: () => FINDING_IDS.map((name) => ({ name, note: FINDINGS[name].severity, says: FINDINGS[name].means })),
  checks: () => CHECK_IDS.map((name) => ({ name, note: '', says: CHECKS_KNOWN[name].means })),
  faults: () =>
    [...faults].map(([name, { summary }]) => ({ name, note: '', says: `${summary} (${findingsOf(name).join(', ')})` })),
  causes: () =>
    Object.entries(CAUSES).map(([name, { retries, says }]) => ({ name, note: retries ? 'reconnects' : 'stops', says })),
  kinds: () => Object.entries(CLIENT_KIND_SAYS).map(([name, says]) => ({ name, note: '', says })),
};

/** @param command whose list it is; null for all that there is */
export function valueRows(list: ListName, command: string | null): ValueRow[] {
  return ROWS[list](command);
}

/** One row a line; what is short stands below each other. */
export function inColumns(rows: readonly ValueRow[]): string {
  const nameWidth = widest(rows.map(({ name }) => name));
  const noteWidth = widest(rows.map(({ note }) => note));
  return rows
    .map(({ name, note, says }) => {
      const second = noteWidth === 0 ? '' : `${note.padEnd(noteWidth)}  `;
      return `${name.padEnd(nameWidth)}  ${second}${says}\n`;
    })
    .join('');
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}

/** Where both commands have a metric, it is the same one. */
function metricRows(command: string | null): ValueRow[] {
  if (command === 'probe') return [...PROBE_METRICS].map(metricRow);
  const ofSoak = [...METRICS].map(metricRow);
  if (command !== null) return ofSoak;
  const ofProbe = [...PROBE_METRICS].filter(([name]) => !METRICS.has(name)).map(metricRow);
  return [...ofSoak, ...ofProbe.map((row) => ({ ...row, says: `${row.says} (probe)` }))];
}

function metricRow([name, { unit, says }]: readonly [string, { readonly unit: MetricUnit; readonly says: string }]) {
  return { name, note: METRIC_UNITS[unit].says.replace(/^a /, ''), says };
}

/** The findings that show a fault. */
export function findingsOf(fault: string): string[] {
  return FINDING_IDS.filter((id) => FINDINGS[id].faults.includes(fault));
}

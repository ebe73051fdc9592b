/** The row of the summary that says what the server's process looked like: whose memory it is, and how it was come by. */
import { printable } from '../../core/printable.ts';
import { formatBytes, formatCount } from '../../core/units.ts';
import { peakRssBytes, type WatchedProcess } from '../../memory/server-memory.ts';
import type { Growth } from '../../memory/trend.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { processText } from '../../verdict/memory-question.ts';
import { METRIC_UNITS } from '../../verdict/metrics.ts';

/** @param urls that clients were aimed at: of the first one alone the process is watched */
export function serverText(record: RunRecord, growth: Growth, urls = 1): string {
  const { source, memory, process: watched, baseline, settled, down, clientCount } = record.server;
  if (down !== null) return `stopped: ${printable(down)}`;
  const clients = clientCount === null ? [] : [clientsText(record)];
  if (source === 'none') return clients.join('');
  const { processes } = record.target;
  const who =
    processes > 1
      ? `${processes} processes: `
      : watched === null
        ? ''
        : `memory of ${processText(watched)}${others(watched)}: `;
  const proxy = watched?.isProxy === true ? "; this is a proxy's memory, not the server's" : '';
  const what = memory === null || memory === 'metric' ? 'memory' : memory.toUpperCase();
  const figures = `${who}${what} ${bytesOf(baseline?.rssBytes)} before, ${bytesOf(peakRssBytes(record.server))} peak, ${bytesOf(settled?.rssBytes)} after`;
  return `${[figures, ...clients].join('; ')}${grows(growth)}${proxy}${urls > 1 ? '; the servers of the other URLs are not watched' : ''}`;
}

function clientsText({ server }: RunRecord): string {
  const after = server.settled?.clients ?? null;
  if (after === null) return 'clients after: unknown';
  const before = server.clientCount?.before ?? null;
  if (before === 0) return `${formatCount(after)} clients still counted`;
  return `${before === null ? 'unknown' : formatCount(before)} clients before, ${formatCount(after)} after`;
}

/** What else is counted in. */
function others({ processes, listensOn }: WatchedProcess): string {
  const more = processes - 1;
  if (more === 0) return '';
  return `${listensOn === null ? '' : ','} and ${more} more ${more === 1 ? 'process' : 'processes'} of the server`;
}

function bytesOf(value: number | null | undefined): string {
  return typeof value === 'number' ? formatBytes(value) : 'unknown';
}

/** How much the memory grows, as far as it is known: a run of seconds has no trend. */
function grows({ verdict, bytesPerMinute }: Growth): string {
  if (bytesPerMinute === null || verdict === 'inconclusive') return '';
  return `; growth ${METRIC_UNITS.bytesPerMinute.format(bytesPerMinute)}`;
}

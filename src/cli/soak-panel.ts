/**
 * A run as a panel of a few lines: what it does and for how long still, its clients, what they hear, what was dropped, the
 * server's memory, and which questions can be judged by now. Made from the events of the run alone, so that it costs the
 * run nothing; it keeps the figures of the last second, and of the latency those of the last minutes.
 */
import { CLIENT_KINDS } from '../core/client-kinds.ts';
import type { RunEvent, RunTick } from '../core/run-events.ts';
import { formatBytes, formatCount, formatDuration, formatRate, wholeSeconds } from '../core/units.ts';
import type { Paint } from '../report/paint.ts';
import type { ScreenSize } from './live-lines.ts';
import { barOf, type Glyphs, type Piece, rowText, sparkline, widthOf } from './live-row.ts';
import { type Phase, type PhasePlan, RunPhase } from './run-phase.ts';

export interface PanelOptions {
  plan: PhasePlan;
  glyphs: Glyphs;
  paint: Paint;
  /** The frames of something that turns: a sign of life. */
  frames: readonly string[];
  nowMs: () => number;
  /** Somebody asked the run to end. */
  isStopping: () => boolean;
}

type Settling = Extract<RunEvent, { type: 'settling' }>;

interface Row {
  label: string;
  pieces: readonly Piece[];
  /** What goes first where the terminal is low: the one with the highest number. */
  rank: number;
}

const LABEL_COLUMNS = 9;
/** Two more are the sign of life, or blank. */
const HEAD_COLUMNS = LABEL_COLUMNS + 2;
const BAR_COLUMNS = { least: 10, most: 24 } as const;
const MOST_SPARKS = 60;
const LEAST_SPARKS = 6;
/** Causes that are named; the others are in their sum. */
const MOST_CAUSES = 3;
const JUDGED_ROWS = 2;
const FRAME_MS = 500;
/** Shorter than in the summary, where they may take a line. */
const QUESTION_NAMES: Readonly<Record<string, string>> = {
  completion: 'whole streams',
  'slow-clients': 'slow clients',
};

export class SoakPanel {
  private readonly options: PanelOptions;
  private readonly phase: RunPhase;
  private tick: RunTick | null = null;
  private settling: Settling | null = null;
  private firstRssBytes: number | null = null;
  /** The 99th percentiles of the last seconds. */
  private readonly p99s: (number | null)[] = [];

  constructor(options: PanelOptions) {
    this.options = options;
    this.phase = new RunPhase(options.plan, options.nowMs);
  }

  take(event: RunEvent): void {
    this.phase.take(event);
    if (event.type === 'settling') this.settling = event;
    if (event.type !== 'tick') return;
    this.tick = event;
    this.firstRssBytes ??= event.serverRssBytes;
    this.p99s.push(event.latencyP99Ms);
    if (this.p99s.length > MOST_SPARKS) this.p99s.shift();
  }

  lines({ columns, rows }: ScreenSize): string[] {
    const { glyphs, paint, frames, nowMs } = this.options;
    const frame = frames[Math.floor(nowMs() / FRAME_MS) % frames.length] ?? '';
    const all = this.rows(columns - HEAD_COLUMNS);
    const kept = new Set(all.toSorted((one, other) => one.rank - other.rank).slice(0, rows));
    return all
      .filter((row) => kept.has(row))
      .map(({ label, pieces }, index) => {
        const head: Piece[] =
          index === 0
            ? [`${frame} `, ['bold', label.padEnd(LABEL_COLUMNS)]]
            : ['  ', ['dim', label.padEnd(LABEL_COLUMNS)]];
        return rowText([...head, ...pieces], columns, glyphs, paint);
      });
  }

  /** @param room columns beside the labels */
  private rows(room: number): Row[] {
    const { tick } = this;
    const phase = this.phase.now(this.options.isStopping());
    const head = this.headRows(phase, room);
    if (tick === null) return head;
    const { settling } = this;
    const { glyphs } = this.options;
    const server = this.serverRow(tick);
    return [
      ...head,
      ...(settling === null
        ? [clientsRow(tick, glyphs), ...this.kindRows(tick), this.eventsRow(tick, room)]
        : [goneRow(settling, glyphs)]),
      this.droppedRow(tick),
      ...(server === null ? [] : [server]),
      ...this.judgedRows(tick, room),
    ];
  }

  private headRows({ name, progress, text }: Phase, room: number): Row[] {
    const { glyphs } = this.options;
    const label = `${name} `;
    if (progress === null) return [{ label, pieces: [text], rank: 0 }];
    const { doneMs, totalMs } = progress;
    const share = totalMs === 0 ? 1 : doneMs / totalMs;
    const left = `${String(Math.floor(share * 100)).padStart(4)}%  ${wholeSeconds(totalMs - doneMs)} left`;
    const whole = `${left} of ${wholeSeconds(totalMs)}`;
    const time = whole.length + BAR_COLUMNS.least <= room ? whole : left;
    const free = Math.max(room - time.length, BAR_COLUMNS.least);
    const bar = barOf(share, Math.min(free, BAR_COLUMNS.most), glyphs);
    const head = { label, pieces: [...bar, time], rank: 0 };
    return text === '' ? [head] : [head, { label: '', pieces: [text], rank: 0 }];
  }

  private kindRows({ load: { kinds } }: RunTick): Row[] {
    const texts = CLIENT_KINDS.flatMap((kind) => {
      const status = kinds[kind];
      return status === undefined ? [] : [`${kind} ${formatCount(status.open)}/${formatCount(status.clients)}`];
    });
    if (texts.length < 2) return [];
    return [{ label: '', pieces: [['dim', texts.join(this.options.glyphs.between)]], rank: 6 }];
  }

  private eventsRow({ eventsPerSecond, latencyP50Ms, latencyP99Ms }: RunTick, room: number): Row {
    const { glyphs } = this.options;
    const shown = (ms: number | null): string => (ms === null ? glyphs.unknown : formatDuration(ms));
    const figures = [formatRate(eventsPerSecond), `p50 ${shown(latencyP50Ms)}`, `p99 ${shown(latencyP99Ms)}`];
    const pieces: Piece[] = [figures.join(glyphs.between)];
    const known = this.p99s.filter((ms) => ms !== null);
    if (known.length > 1) pieces.push(['dim', ` (at most ${formatDuration(Math.max(...known))})`]);
    const sparks = room - widthOf(pieces) - 2;
    if (known.length > 1 && sparks >= LEAST_SPARKS) pieces.push('  ', ['good', sparkline(this.p99s, sparks, glyphs)]);
    return { label: 'events', pieces, rank: 1 };
  }

  private droppedRow({ drops, evictions, load, questions }: RunTick): Row {
    const { between } = this.options.glyphs;
    const rejected = Object.values(load.refusalsByCause).reduce((sum, count) => sum + count, 0);
    const evicts = evictions > 0 || questions.some(({ id }) => id === 'eviction');
    const parts: Piece[][] = [
      [counted(drops, 'bad'), causesOf(load.dropsByCause)],
      [counted(rejected, 'bad', ' rejected'), causesOf(load.refusalsByCause)],
      ...(evicts ? [[`${formatCount(evictions)} evicted`]] : []),
    ];
    return { label: 'dropped', pieces: parts.flatMap((part, at) => (at === 0 ? part : [between, ...part])), rank: 3 };
  }

  private serverRow({ serverRssBytes }: RunTick): Row | null {
    if (serverRssBytes === null) return null;
    const more = serverRssBytes - (this.firstRssBytes ?? serverRssBytes);
    const change = `${more < 0 ? '' : '+'}${formatBytes(more)} since the start`;
    return {
      label: 'server',
      pieces: [`memory ${formatBytes(serverRssBytes)}`, ['dim', `${this.options.glyphs.between}${change}`]],
      rank: 5,
    };
  }

  /** In as many lines as there may be; what does not fit is in the numbers before. */
  private judgedRows({ questions }: RunTick, room: number): Row[] {
    const { glyphs } = this.options;
    const answered = questions.map(({ id, hasEnough }) => ({
      name: QUESTION_NAMES[id] ?? id,
      hasEnough: hasEnough || (id === 'clean-up' && this.settling?.allLeft === true),
    }));
    const enough = answered.filter(({ hasEnough }) => hasEnough).length;
    const rows: Piece[][] = [[`${enough} of ${answered.length}`]];
    for (const { name, hasEnough } of answered) {
      const piece: Piece = hasEnough ? ['good', `${glyphs.yes} ${name}`] : ['dim', `${glyphs.no} ${name}`];
      const row = rows.at(-1) as Piece[];
      const isFull = row.length > 0 && widthOf(row) + 2 + widthOf([piece]) > room;
      if (isFull && rows.length < JUDGED_ROWS) rows.push([piece]);
      else row.push('  ', piece);
    }
    return rows.map((pieces, index) => ({ label: index === 0 ? 'judged' : '', pieces, rank: index === 0 ? 4 : 7 }));
  }
}

function clientsRow({ clients, plannedClients, load: { connecting, waiting } }: RunTick, { between }: Glyphs): Row {
  const pieces: Piece[] = [`${formatCount(clients)} of ${formatCount(plannedClients)} connected`];
  if (connecting > 0) pieces.push(`${between}${formatCount(connecting)} connecting`);
  if (waiting > 0) pieces.push(between, ['doubt', `${formatCount(waiting)} waiting to reconnect`]);
  return { label: 'clients', pieces, rank: 2 };
}

function goneRow({ clients }: Settling, { between }: Glyphs): Row {
  const counts = clients === null ? '' : `${between}the server counts ${formatCount(clients)}`;
  return { label: 'clients', pieces: [`all have disconnected${counts}`], rank: 2 };
}

function counted(count: number, colour: keyof Paint, noun = ''): Piece {
  const text = `${formatCount(count)}${noun}`;
  return count === 0 ? text : [colour, text];
}

/** ` (2 reset, 1 eof-truncated)`, the most frequent ones first; only the name where there is one. */
function causesOf(counts: Readonly<Record<string, number>>): string {
  const causes = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const [first] = causes;
  if (first === undefined) return '';
  if (causes.length === 1) return ` (${first[0]})`;
  const named = causes.slice(0, MOST_CAUSES).map(([cause, count]) => `${formatCount(count)} ${cause}`);
  return ` (${named.join(', ')}${causes.length > MOST_CAUSES ? ', others' : ''})`;
}

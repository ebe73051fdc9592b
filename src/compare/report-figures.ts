/**
 * The metrics of a run, read from its JSON report: each is there under its own name or follows from what is there, as
 * verdict/metric-values.ts computes it from the run itself.
 */
import { type METRIC_FAMILIES, METRICS, STATISTICS } from '../verdict/metrics.ts';
import type { Members } from './members.ts';

export interface Figures {
  /** In the metric's unit, by its name; null where it was not measured. */
  readonly figures: ReadonlyMap<string, number | null>;
  /** How many samples a family of times has, by its name. */
  readonly samples: ReadonlyMap<string, number>;
}

/** Where the times of each family stand; null where the run had no such thing. */
const TIMES: Readonly<Record<keyof typeof METRIC_FAMILIES, (report: Members) => Members | null>> = {
  latency: (report) => report.object('latencyMs'),
  'latency.sent': (report) => report.object('latencySentMs'),
  spread: (report) => report.object('spreadMs'),
  connect: (report) => report.object('connectMs'),
  headers: (report) => report.object('headersMs'),
  firstEvent: (report) => report.object('firstEventMs'),
  completion: (report) => report.object('completionMs'),
  reconnect: (report) => report.object('reconnectMs'),
  silence: (report) => report.object('silenceMs'),
  heartbeat: (report) => report.object('heartbeat').object('intervalMs'),
  firstToken: (report) => report.optionalObject('answers')?.object('firstTokenMs') ?? null,
  interToken: (report) => report.optionalObject('answers')?.object('interTokenMs') ?? null,
  initialize: (report) => report.optionalObject('sessions')?.object('initializeMs') ?? null,
  answer: (report) => report.optionalObject('answers')?.object('answerMs') ?? null,
};

export function figuresOf(report: Members): Figures {
  const figures = new Map<string, number | null>();
  const samples = new Map<string, number>();
  for (const [family, timesIn] of Object.entries(TIMES)) {
    const times = timesIn(report);
    const count = times?.number('count') ?? 0;
    samples.set(family, count);
    for (const statistic of STATISTICS)
      figures.set(`${family}.${statistic}`, count === 0 ? null : (times?.optionalNumber(statistic) ?? null));
  }
  samples.set('eviction.time', report.object('eviction').object('timeMs').number('count'));
  const single = new Map([
    ...ofEvents(report),
    ...ofClients(report),
    ...ofProfiles(report),
    ...ofEvictions(report),
    ...ofServer(report),
    ...ofGenerator(report),
  ]);
  // In the order of the metrics.
  return {
    figures: new Map([...METRICS.keys()].map((name) => [name, figures.get(name) ?? single.get(name) ?? null])),
    samples,
  };
}

type Single = [metric: string, figure: number | null][];

function ofEvents(report: Members): Single {
  const [events, bytes] = [report.object('events'), report.object('bytes')];
  const received = events.number('received');
  const malformed = events.number('malformed');
  const lost = events.optionalNumber('lost');
  return [
    ['events.received', received],
    // What was lost while the load tool stood still is not the server's doing.
    ['events.lost', lost === null ? null : Math.max(0, lost - (events.optionalNumber('lostAfterStop') ?? 0))],
    ['events.duplicated', events.optionalNumber('duplicated')],
    ['events.reordered', events.optionalNumber('reordered')],
    ['events.malformed', received + malformed > 0 ? malformed : null],
    ['events.rate', events.number('ratePerSecond')],
    ['bytes.received', bytes.number('received')],
    ['bytes.rate', bytes.number('ratePerSecond')],
  ];
}

function ofClients(report: Members): Single {
  const clients = report.object('clients');
  const connected = clients.number('connected');
  const dropped = clients.number('dropped');
  const reconnects = clients.number('reconnects');
  const ofStreams = (figure: number | null): number | null => (connected === 0 ? null : figure);
  return [
    ['clients.connected', connected],
    ['clients.dropped', ofStreams(dropped)],
    ['clients.dropRate', ofStreams(dropped / (connected + reconnects))],
    ['clients.refused', clients.number('refused')],
    ['clients.reconnects', ofStreams(reconnects)],
    ['clients.rotated', ofStreams(clients.number('rotated'))],
    ['clients.completed', ofStreams(clients.optionalNumber('completed'))],
  ];
}

function ofProfiles(report: Members): Single {
  const [answers, sessions] = [report.optionalObject('answers'), report.optionalObject('sessions')];
  return [
    ['answers.completed', answers?.number('completed') ?? null],
    ['answers.failed', answers?.number('failed') ?? null],
    ['sessions.opened', sessions?.number('opened') ?? null],
    ['sessions.refused', sessions?.number('refused') ?? null],
    ['sessions.expired', sessions?.number('expired') ?? null],
  ];
}

function ofEvictions(report: Members): Single {
  const eviction = report.object('eviction');
  const times = eviction.object('timeMs');
  const [evicted, missed] = [eviction.number('evicted'), eviction.number('missed')];
  const removed = report.object('server').optionalNumber('evicted');
  const dropped = report.object('clients').number('dropped');
  return [
    ['eviction.time.p50', times.optionalNumber('p50')],
    ['eviction.time.max', times.optionalNumber('max')],
    ['eviction.missed', evicted + missed > 0 ? missed : null],
    ['eviction.false', removed === null ? null : Math.min(Math.max(0, removed - evicted), dropped)],
  ];
}

function ofServer(report: Members): Single {
  const server = report.object('server');
  const rss = server.object('rssBytes');
  const [baseline, peak, settled] = [
    rss.optionalNumber('baseline'),
    rss.optionalNumber('peak'),
    rss.optionalNumber('settled'),
  ];
  const clients = report.object('clients').number('peak');
  const [before, after] = [server.optionalNumber('clientsBefore'), server.optionalNumber('clientsAfter')];
  return [
    ['server.rss.growth', server.object('growth').optionalNumber('bytesPerMinute')],
    ['server.rss.peak', peak],
    ['server.rss.perClient', peak === null || baseline === null || clients === 0 ? null : (peak - baseline) / clients],
    ['server.rss.retained', settled === null || baseline === null ? null : settled - baseline],
    ['server.clients.leaked', after === null ? null : Math.max(0, after - (before ?? 0))],
    ['server.cpu', server.optionalNumber('cpu')],
  ];
}

function ofGenerator(report: Members): Single {
  const generator = report.object('generator');
  return [
    ['generator.lag.p99', generator.object('eventLoopDelayMs').number('p99')],
    ['generator.cpu', generator.number('cpu')],
  ];
}

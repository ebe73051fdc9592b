/**
 * What a soak reports: the object that `soak()` resolves with and that `--json` writes, `sse-probe/soak@1`. Its schema
 * is schemas/soak-report.schema.json. What was not measured is null, never zero.
 */
import type { Fields } from '../../accounts/found-fields.ts';
import type { Finding } from '../../findings/finding.ts';
import type { GeneratorReport } from '../../measure/generator.ts';
import type { LoadWorker } from '../../record/load-worker.ts';
import type { SoakPlan } from '../../options/soak-options.ts';
import type { EndedEarly, SoakTarget } from '../../record/run-record.ts';
import type { SeriesPoint } from '../../record/series-point.ts';
import type { ThresholdResult } from '../../verdict/thresholds.ts';
import type { ClientsReport, IncidentsReport } from './clients-report.ts';
import type { BytesReport, EventsReport, LatencyReport } from './events-report.ts';
import type { AnswersReport, SessionsReport } from './profile-report.ts';
import type { EvictionReport, HeartbeatReport, ServerReport } from './server-report.ts';
import type { QuestionReport } from './questions-report.ts';
import type { SoakEnvironment } from './soak-result.ts';
import type { Times } from './times.ts';

/** The load processes of a run, and where they were. */
export interface SoakGenerator extends GeneratorReport {
  /** The workers that held the clients; null where the machine of the run did. */
  workers: LoadWorker[] | null;
}

/** The report of a load test. Times are in milliseconds, sizes in bytes; what was not measured is null, never zero. */
export interface SoakReport {
  /** The name and version of this format. */
  schema: 'sse-probe/soak@1';
  /** The version of sse-probe. */
  version: string;
  /**
   * What the run means: `inconclusive` where this machine or the run could not tell, `interrupted` where the run was
   * ended from outside: the findings say what was seen until then, and nothing is passed.
   */
  verdict: 'pass' | 'fail' | 'inconclusive' | 'interrupted';
  /** The exit code of the command line: 0 pass, 1 fail, 3 inconclusive, 130 interrupted. */
  exitCode: number;
  /** Whether the run was ended from outside; the figures are those until then. */
  interrupted: boolean;
  /** The threshold with `abort` that ended the run; null where none did. */
  endedEarly: EndedEarly | null;
  /** What of the plan could not be done on this machine, as a sentence; null where all was done. */
  degraded: string | null;
  /** When the run began, as ISO 8601 in UTC. */
  startedAt: string;
  /** How long the run took, in milliseconds. */
  durationMs: number;
  /** When the ramp was to be over, in milliseconds since the load began, as are all times of `series`. */
  loadFromMs: number;
  /** The seed of the plan, which gives the same plan again. */
  seed: number;
  /** What was loaded. */
  target: SoakTarget;
  /** The whole plan with its defaults, by the names of the program and without secrets. */
  plan: SoakPlan;
  /** The machine that made the load. */
  environment: SoakEnvironment;
  /** The clients, and how their streams ended. */
  clients: ClientsReport;
  /** The events that came, and those that did not. */
  events: EventsReport;
  /** What of the streams' bodies clients read. */
  bytes: BytesReport;
  /** Where in the data of the events their number and their time were read. */
  fields: Fields;
  /** From when an event was due until a healthy client had it. */
  latencyMs: LatencyReport;
  /** From when an event was sent until a healthy client had it. */
  latencySentMs: Times;
  /** From the first client to the last one for the same event. */
  spreadMs: Times;
  /** Time for the TCP connection. */
  connectMs: Times;
  /** From the request to the complete response head. */
  headersMs: Times;
  /** From the attempt to connect to the first event. */
  firstEventMs: Times;
  /** From the attempt to connect to the event that `until` names, on streams of healthy clients. */
  completionMs: Times;
  /** From the end of a stream to the response head of the next one. */
  reconnectMs: Times;
  /** The longest silence of each stream that was open at the end. */
  silenceMs: Times;
  /** Heartbeats, and whether they came on time. */
  heartbeat: HeartbeatReport;
  /** The removal of clients that read nothing. */
  eviction: EvictionReport;
  /** The answers of a language model; null where none was asked for. */
  answers: AnswersReport | null;
  /** The sessions of the Model Context Protocol; null where none was asked for. */
  sessions: SessionsReport | null;
  /** What happened because the plan asked for it, apart from all other figures. */
  incidents: IncidentsReport;
  /** The process of the server. */
  server: ServerReport;
  /** The load processes themselves: whether their figures can be believed. */
  generator: SoakGenerator;
  /** What a load test asks of such a server, by what this run judged it, and what would close each gap. */
  questions: QuestionReport[];
  /** What was asked to hold, and whether it did. */
  thresholds: ThresholdResult[];
  /** What was found, the gravest first. */
  findings: Finding[];
  /** The run second by second; a run of more than two hours in longer steps. */
  series: SeriesPoint[];
}

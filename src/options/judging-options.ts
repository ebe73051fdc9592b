import { limitRows } from './asking-options.ts';
import { list } from './values/value-kind.ts';
import { duration } from './values/quantities.ts';
import { serverPid } from './values/server-pid.ts';
import { clientsSource, metricsSource } from './values/metrics-source.ts';
import { FINDING_IDS } from '../findings/finding-rows.ts';
import { fieldOptions } from './field-options.ts';
import { oneOf } from './values/words.ts';
import { thresholdTexts } from './values/threshold-text.ts';
import { streamEnd } from './values/until.ts';
import type { OptionTable } from './option.ts';

const findingId = oneOf('finding', FINDING_IDS);

/** What the server of a soak is held to, and where its memory and the times of its events are read. */
export const judgingOptions = {
  ...fieldOptions,
  heartbeatWithinMs: {
    flag: 'heartbeat-within',
    group: 'Judging',
    kind: duration('10ms', '1h'),
    default: null,
    unset: 'what the server announces, else 55s',
    help: 'longest time that the server may send nothing',
  },
  evictWithinMs: {
    flag: 'evict-within',
    group: 'Judging',
    kind: duration('100ms', '1d'),
    default: null,
    unset: 'what the server announces, else 95s',
    help: 'time within which the server must evict a client that reads nothing',
  },
  until: {
    flag: 'until',
    group: 'Judging',
    kind: streamEnd,
    default: null,
    unset: 'none',
    help: 'expected end of each stream: event:NAME, or text:… (in the data of an event); an earlier end counts as dropped',
  },
  ...limitRows('Judging'),
  serverPid: {
    flag: 'server-pid',
    group: 'Judging',
    kind: serverPid,
    default: null,
    unset: 'the built-in server, or the process that listens at a --url on this machine',
    help: "local process, with its children, to read the server's memory from (Linux); none: read no process",
  },
  serverMetrics: {
    flag: 'server-metrics',
    group: 'Judging',
    kind: metricsSource,
    default: null,
    unset: 'the built-in server',
    help: "page with the server's memory: a Prometheus series (#process_resident_memory_bytes) or JSON pointer (#/memory/rssBytes)",
  },
  serverClients: {
    flag: 'server-clients',
    group: 'Judging',
    kind: clientsSource,
    default: null,
    unset: 'the built-in server',
    help: 'page with the client count of the server: a JSON pointer (#/clients/connected) or a Prometheus series',
  },
  thresholds: {
    flag: 'threshold',
    group: 'Judging',
    kind: thresholdTexts,
    default: [],
    help: 'condition that must hold, such as latency.p99<250ms; append "abort after 10s" to end the run when it is broken',
  },
  failOn: {
    flag: 'fail-on',
    group: 'Judging',
    kind: list(findingId),
    default: [],
    help: 'fail the run if this finding is reported',
  },
  ignore: { flag: 'ignore', group: 'Judging', kind: list(findingId), default: [], help: 'do not count this finding' },
} as const satisfies OptionTable;

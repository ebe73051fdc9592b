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
    unset: 'what the server promises, else 55s',
    help: 'longest silence that the server is allowed',
  },
  evictWithinMs: {
    flag: 'evict-within',
    group: 'Judging',
    kind: duration('100ms', '1d'),
    default: null,
    unset: 'what the server promises, else 95s',
    help: 'time in which a client that reads nothing must be removed',
  },
  until: {
    flag: 'until',
    group: 'Judging',
    kind: streamEnd,
    default: null,
    unset: 'no end',
    help: 'what ends each stream as planned: event:NAME, or text:… in the data of an event; one that ends before it was cut',
  },
  ...limitRows('Judging'),
  serverPid: {
    flag: 'server-pid',
    group: 'Judging',
    kind: serverPid,
    default: null,
    unset: 'the embedded server, or what listens at a --url on this machine',
    help: "read the server's memory from this local process and all that it started (Linux); none: from no process",
  },
  serverMetrics: {
    flag: 'server-metrics',
    group: 'Judging',
    kind: metricsSource,
    default: null,
    unset: 'the embedded server',
    help: "read the server's memory here: a Prometheus series (#process_resident_memory_bytes) or a JSON pointer (#/memory/rssBytes)",
  },
  serverClients: {
    flag: 'server-clients',
    group: 'Judging',
    kind: clientsSource,
    default: null,
    unset: 'the embedded server',
    help: 'read here how many clients the server counts: a JSON pointer (#/clients/connected) or a Prometheus series',
  },
  thresholds: {
    flag: 'threshold',
    group: 'Judging',
    kind: thresholdTexts,
    default: [],
    help: 'what must hold, such as latency.p99<250ms; with "abort after 10s" behind it the run ends when it breaks',
  },
  failOn: { flag: 'fail-on', group: 'Judging', kind: list(findingId), default: [], help: 'this finding fails the run' },
  ignore: { flag: 'ignore', group: 'Judging', kind: list(findingId), default: [], help: 'this finding does not count' },
} as const satisfies OptionTable;

/** The alert rules and the dashboard of monitoring/: they name what exists, Prometheus reads them, and each alert speaks when it should. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ExporterFigures } from '../../src/cli/exporter-figures.ts';
import { CHECK_IDS } from '../../src/findings/check-rows.ts';
import { probePrometheus } from '../../src/report/probe/prometheus.ts';
import { LiveMetrics } from '../../src/report/soak/live-metrics.ts';
import { startServer, type RunningServer } from '../../src/server/server.ts';
import { readExposition, type ReadSample } from '../support/exposition-reader.ts';
import { PROBE_RESULT } from '../support/probe-result.ts';
import { RUN_TICK } from '../support/run-tick.ts';
import { matchersOf, metricNames, promtool, runPromtool, type RuleGroup } from '../support/prometheus-rules.ts';

const read = (file: string): string => readFileSync(new URL(`../../monitoring/${file}`, import.meta.url), 'utf8');
const rules = parse(read('alerts.yml')) as { groups: RuleGroup[] };
const alerts = rules.groups.flatMap((group) => group.rules);

interface Panel {
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

const dashboard = JSON.parse(read('grafana-dashboard.json')) as { uid: string; panels: Panel[] };
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
);
const written: [string, string][] = [...alerts.map(({ alert, expr }): [string, string] => [alert, expr]), ...queries];

/** Every page of metrics that the program has, as it writes them. */
let samples: ReadSample[];
let server: RunningServer;

afterAll(() => server.close({ graceMs: 0 }));

beforeAll(async () => {
  server = await startServer({ ratePerSecond: 0 });
  const soak = new LiveMetrics('1.2.3');
  soak.listen(RUN_TICK);
  const checks = CHECK_IDS.map((id) => ({ id, status: 'pass' as const, title: '', evidence: {}, hint: '' }));
  const pages = await Promise.all([
    fetch(`http://127.0.0.1:${server.port}/metrics`)
      .then((response) => response.text())
      .then((text) => text.replaceAll(/\n{2,}/g, '\n')),
    new ExporterFigures('1.2.3', 20).text(),
    probePrometheus(PROBE_RESULT),
    probePrometheus({ ...PROBE_RESULT, stream: { ...PROBE_RESULT.stream, heartbeatMs: 15_000 }, checks }),
    soak.text(),
  ]);
  samples = pages.flatMap((page) => readExposition(page).samples);
});

it.each(written)('%s asks for metrics that exist, by labels that they have', (_, expression) => {
  const names = metricNames(expression);
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !samples.some((sample) => sample.name === name))).toEqual([]);
  const unknown = matchersOf(expression).filter(
    ({ metric, label, value }) =>
      label !== 'instance' &&
      value
        .split('|')
        .some((wanted) => !samples.some(({ name, labels }) => name === metric && labels[label] === wanted)),
  );
  expect(unknown).toEqual([]);
});

it('a matcher for a label that no metric has is told', () => {
  expect(matchersOf('probe_sse_check_status{check=~"a|b",instance="x"} == 2')).toEqual([
    { metric: 'probe_sse_check_status', label: 'check', operator: '=~', value: 'a|b' },
    { metric: 'probe_sse_check_status', label: 'instance', operator: '=', value: 'x' },
  ]);
});

it('the panels of the dashboard lie beside each other, and each has a title and a query', () => {
  expect(dashboard.uid).toBe('sse-probe');
  const taken = new Set<string>();
  for (const { title, type, gridPos, targets } of dashboard.panels) {
    expect(title).not.toBe('');
    expect(targets === undefined, title).toBe(type === 'row');
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(x, title).toBeLessThan(24);
        expect(taken.has(`${x} ${y}`), `${title} lies over another panel`).toBe(false);
        taken.add(`${x} ${y}`);
      }
  }
});

/** When an alert fires: the series of the instance that it is about, and those of one that is sound. */
const WHEN: Readonly<Record<string, { at: string; bad: Record<string, string>; good: Record<string, string> }>> = {
  SseStreamFails: {
    at: '5m',
    bad: { 'probe_sse_status{status="critical"}': '1x10' },
    good: { 'probe_sse_status{status="critical"}': '0x10' },
  },
  SseStreamWarns: {
    at: '70m',
    bad: { 'probe_sse_status{status="warning"}': '1x80' },
    good: { 'probe_sse_status{status="warning"}': '1x30 0x50' },
  },
  SseHeartbeatMissing: {
    at: '10m',
    bad: { 'probe_sse_check_status{check="heartbeat"}': '2x20' },
    good: { 'probe_sse_check_status{check="heartbeat"}': '1x20' },
  },
  SseStreamBuffered: {
    at: '10m',
    bad: { 'probe_sse_check_status{check="buffered"}': '2x20' },
    good: { 'probe_sse_check_status{check="buffered"}': '0x20' },
  },
  SseEventsMissingAfterReconnect: {
    at: '20m',
    bad: { 'probe_sse_check_status{check="resume"}': '2x30' },
    good: { 'probe_sse_check_status{check="resume"}': '1x30' },
  },
  SseFirstEventSlow: {
    at: '20m',
    bad: { 'probe_sse_phase_seconds{phase="first_event"}': '7x30' },
    good: {
      'probe_sse_phase_seconds{phase="first_event"}': '1x30',
      'probe_sse_phase_seconds{phase="headers"}': '7x30',
    },
  },
  SseCertificateExpires: {
    at: '70m',
    bad: { probe_ssl_earliest_cert_expiry: '604800x80' },
    good: { probe_ssl_earliest_cert_expiry: '6048000x80' },
  },
  SseExporterBusy: {
    at: '25m',
    bad: { 'sse_probe_exporter_refused_total{reason="busy"}': '0+1x30' },
    good: { 'sse_probe_exporter_refused_total{reason="bad-request"}': '0+1x30' },
  },
  SseServerNotReady: {
    at: '5m',
    bad: { 'sse_probe_ready{component="replay"}': '0x10', sse_probe_draining: '0x10' },
    good: { 'sse_probe_ready{component="replay"}': '0x10', sse_probe_draining: '1x10' },
  },
  SseClientsRejected: {
    at: '15m',
    bad: { sse_probe_clients_refused_total: '0+2x20' },
    good: { sse_probe_clients_refused_total: '7x20' },
  },
  SseClientsBlocked: {
    at: '10m',
    bad: { 'sse_probe_clients{state="accepting"}': '80x20', 'sse_probe_clients{state="blocked"}': '20x20' },
    good: { 'sse_probe_clients{state="accepting"}': '80x20', 'sse_probe_clients{state="blocked"}': '2x20' },
  },
  SseEventsDropped: {
    at: '25m',
    bad: { sse_probe_events_dropped_total: '0+5x30' },
    good: { sse_probe_events_dropped_total: '5x30' },
  },
  SseQueuedBytesHigh: {
    at: '10m',
    bad: { sse_probe_queued_bytes: '300000000x20' },
    good: { sse_probe_queued_bytes: '30000000x20' },
  },
  SseServerMemoryGrows: {
    at: '8h',
    bad: { process_resident_memory_bytes: '100000000+400000x600', sse_probe_uptime_seconds: '0+60x600' },
    // It began again an hour ago.
    good: { process_resident_memory_bytes: '100000000+400000x600', sse_probe_uptime_seconds: '0+60x420 0+60x180' },
  },
  SseEventLoopDelayed: {
    at: '10m',
    bad: { 'sse_probe_event_loop_delay_seconds{quantile="0.99"}': '1x20' },
    good: {
      'sse_probe_event_loop_delay_seconds{quantile="0.99"}': '0.1x20',
      'sse_probe_event_loop_delay_seconds{quantile="1"}': '1x20',
    },
  },
  SseSoakDropsClients: {
    at: '10m',
    bad: { sse_soak_clients_dropped_total: '0+1x20' },
    good: { sse_soak_clients_dropped_total: '0x20' },
  },
  SseSoakLatencyHigh: {
    at: '10m',
    bad: { 'sse_soak_latency_seconds{quantile="0.99"}': '2x20' },
    good: { 'sse_soak_latency_seconds{quantile="0.99"}': '0.2x20' },
  },
  SseSoakMemoryGrows: {
    at: '2h',
    bad: { sse_soak_server_resident_memory_bytes: '100000000+2000000x150', sse_soak_elapsed_seconds: '0+60x150' },
    good: { sse_soak_server_resident_memory_bytes: '100000000+20000x150', sse_soak_elapsed_seconds: '0+60x150' },
  },
};

it('there is a row for each alert', () => {
  expect(Object.keys(WHEN)).toEqual(alerts.map(({ alert }) => alert));
});

function seriesOf(instance: string, values: Readonly<Record<string, string>>): { series: string; values: string }[] {
  return Object.entries(values).map(([name, value]) => ({
    series: name.includes('{') ? name.replace('{', `{instance="${instance}",`) : `${name}{instance="${instance}"}`,
    values: value,
  }));
}

const why = 'missing' in promtool ? ` (promtool: ${promtool.missing})` : '';

describe.skipIf('missing' in promtool)(`promtool${why}`, () => {
  it('promtool reads the alert rules', () => {
    expect(runPromtool(['check', 'rules'], rules)).toEqual({
      code: 0,
      said: expect.stringContaining(`SUCCESS: ${alerts.length} rules found`),
    });
  });

  it('promtool reads every query of the dashboard', () => {
    const asRules = queries.map(([, expr], at) => ({
      record: `query:${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replaceAll(/"\$\w+"/g, '".*"'),
    }));
    expect(runPromtool(['check', 'rules'], { groups: [{ name: 'dashboard', rules: asRules }] }).said).toContain(
      `SUCCESS: ${queries.length} rules found`,
    );
  });

  it('each alert speaks of the instance that it is about, and is silent about a sound one', () => {
    const tests = Object.entries(WHEN).map(([alert, { at, bad, good }]) => ({
      interval: '1m',
      input_series: [...seriesOf('bad', bad), ...seriesOf('good', good)],
      promql_expr_test: [
        {
          expr: `count by (instance) (ALERTS{alertname="${alert}",alertstate="firing"})`,
          eval_time: at,
          exp_samples: [{ labels: '{instance="bad"}', value: 1 }],
        },
      ],
    }));
    const rulesFile = new URL('../../monitoring/alerts.yml', import.meta.url).pathname;
    const { code, said } = runPromtool(['test', 'rules'], { rule_files: [rulesFile], tests });
    expect(said).toContain('SUCCESS');
    expect(code).toBe(0);
  });
});

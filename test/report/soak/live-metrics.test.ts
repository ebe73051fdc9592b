import { expect, it } from 'vitest';
import type { RunTick } from '../../../src/core/run-events.ts';
import { LiveMetrics } from '../../../src/report/soak/live-metrics.ts';
import { readExposition } from '../../support/exposition-reader.ts';
import { RUN_TICK } from '../../support/run-tick.ts';

const TICK: RunTick = { ...RUN_TICK, latencyP99Ms: null, serverRssBytes: null };

it('the metrics of a soak say where it stands, and leave out what was not measured', async () => {
  const metrics = new LiveMetrics('1.2.3');
  expect(readExposition(await metrics.text()).value('sse_soak_phase', { phase: 'starting' })).toBe(1);
  metrics.listen(TICK);
  metrics.listen({ ...TICK, phase: 'load', tMs: 6000, events: 5 });
  const page = readExposition(await metrics.text());
  expect(
    page.samples
      .filter(({ name }) => !/^process|build_info|phase/.test(name))
      .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join()}`.trim(), value]),
  ).toEqual([
    ['sse_soak_elapsed_seconds', 6],
    ['sse_soak_planned_seconds', 35],
    ['sse_soak_clients', 8],
    ['sse_soak_clients_planned', 10],
    ['sse_soak_events_received_total', 25],
    ['sse_soak_clients_dropped_total', 1],
    ['sse_soak_clients_evicted_total', 2],
    ['sse_soak_latency_seconds 0.5', 0.0015],
  ]);
  expect(page.value('sse_soak_phase', { phase: 'load' })).toBe(1);
  metrics.listen({ type: 'settling', clients: 0, allLeft: true, remainingMs: 100 });
  expect(readExposition(await metrics.text()).value('sse_soak_phase', { phase: 'settling' })).toBe(1);
});

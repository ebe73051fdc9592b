import { counted, formatDuration } from '../../core/units.ts';
import { type GeneratorReport, SATURATION } from '../../measure/generator.ts';
import type { Detector } from '../finding.ts';

/** We were the bottleneck, or not there: what depends on time says nothing about the server. */
export const generatorSaturated: Detector = {
  id: 'generator-saturated',
  detect({ generator, summary: { counts } }) {
    if (!generator.saturated) return null;
    const { limited, eventLoopDelayMs, cpu, stops, longestStop, busyMs } = generator;
    const { title, hint } = words(generator);
    return {
      title,
      evidence: {
        limited,
        eventLoopDelayMs,
        cpu,
        stops,
        longestStop,
        busyMs,
        lostAfterStop: counts.lostAfterStop + counts.resumeLostAfterStop,
        bounds: SATURATION,
      },
      hint,
    };
  },
};

/** The cause that explains most. */
function words({ limited, longestStop, stops, busyMs, eventLoopDelayMs }: GeneratorReport): {
  title: string;
  hint: string;
} {
  if (limited > 0) {
    return {
      title: `This machine ran out of file descriptors, ports or memory for unfinished events ${counted(limited, 'time')}.`,
      hint: 'Raise `ulimit -n`, or widen net.ipv4.ip_local_port_range; or use fewer clients, or more processes.',
    };
  }
  if (longestStop !== null) {
    const others = stops > 1 ? `; the longest of ${stops} stops` : '';
    return {
      title: `The load process was stopped for ${formatDuration(longestStop.durationMs)}, ${formatDuration(longestStop.atMs)} after its start${others}.`,
      hint: 'A signal stopped it, the machine was suspended, or other programs used the CPU: repeat the run on an idle machine.',
    };
  }
  const hint = 'Use fewer clients or events, give each load process its own CPU core, or use another machine.';
  if (busyMs >= SATURATION.busyMs)
    return {
      title: `The load process was busy for ${formatDuration(busyMs)} without a pause, so data had to wait for it.`,
      hint,
    };
  return {
    title: `The load process was too slow: its event loop was delayed by up to ${formatDuration(eventLoopDelayMs.max)} (p99 ${formatDuration(eventLoopDelayMs.p99)}).`,
    hint,
  };
}

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
      title: `This machine ran out of descriptors, ports or room for unfinished events ${counted(limited, 'time')}.`,
      hint: 'Raise `ulimit -n`, or widen net.ipv4.ip_local_port_range; or ask for fewer clients, or spread them over more processes.',
    };
  }
  if (longestStop !== null) {
    const others = stops > 1 ? `; the longest of ${stops} stops` : '';
    return {
      title: `The load process stood still for ${formatDuration(longestStop.durationMs)}, ${formatDuration(longestStop.atMs)} after it began${others}.`,
      hint: 'It was stopped by a signal, the machine slept, or others took the processor: run it again where it is left alone.',
    };
  }
  const hint =
    'Ask for fewer clients or events, give the load process a core of its own, or run it on another machine.';
  if (busyMs >= SATURATION.busyMs)
    return {
      title: `The load process had no pause for ${formatDuration(busyMs)}: what it read had waited for it.`,
      hint,
    };
  return {
    title: `The load process itself was too slow: its event loop stood still for up to ${formatDuration(eventLoopDelayMs.max)} (p99 ${formatDuration(eventLoopDelayMs.p99)}).`,
    hint,
  };
}

import { formatDuration } from '../../core/units.ts';
import { SATURATION } from '../../measure/generator.ts';
import { counted, type Detector } from '../finding.ts';

/** We were the bottleneck: what depends on time says nothing about the server. */
export const generatorSaturated: Detector = {
  id: 'generator-saturated',
  severity: 'inconclusive',
  blamesTime: false,
  detect({ generator }) {
    if (!generator.saturated) return null;
    const { limited, eventLoopDelayMs, cpu } = generator;
    return {
      title: limited > 0
        ? `This machine ran out of descriptors or ports ${counted(limited, 'time')}.`
        : `The load process itself was too slow: its event loop stood still for up to ${formatDuration(eventLoopDelayMs.max)} (p99 ${formatDuration(eventLoopDelayMs.p99)}).`,
      evidence: { limited, eventLoopDelayMs, cpu, bounds: SATURATION },
      hint: limited > 0
        ? 'Raise `ulimit -n`, or widen net.ipv4.ip_local_port_range; or ask for fewer clients.'
        : 'Ask for fewer clients or events, give the load process a core of its own, or run it on another machine.',
    };
  },
};

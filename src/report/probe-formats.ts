import type { ProbeResult } from '../probe/result.ts';
import { probeJunit } from './probe-junit.ts';
import { probeMarkdown } from './probe-markdown.ts';
import { probeNagios } from './probe-nagios.ts';
import { probeTextfile } from './probe-prometheus.ts';

/** The formats of a probe that are for other programs; each is a pure function of the result. */
export const PROBE_FORMATS = {
  nagios: probeNagios,
  prometheus: probeTextfile,
  junit: probeJunit,
  markdown: probeMarkdown,
} as const satisfies Record<string, (result: ProbeResult) => string>;

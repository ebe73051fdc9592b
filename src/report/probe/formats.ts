import type { CheckId, ProbeResult } from '../../probe/result.ts';
import { probeAnnotations, probeGithub } from './github.ts';
import { probeJunit } from './junit.ts';
import { probeMarkdown } from './markdown.ts';
import { probeNagios } from './nagios.ts';

/** @param ignore checks that do not count: shown as what they are, and nothing is made of them */
export type ProbeFormat = (result: ProbeResult, ignore?: readonly CheckId[]) => string | Promise<string>;

/** What a format has to say on stderr beside its report, for the CI system that reads the output of the program. */
export const PROBE_ASIDES: Readonly<Record<string, ProbeFormat | undefined>> = { github: probeAnnotations };

/** The formats of a probe that are for other programs; each is a pure function of the result. */
export const PROBE_FORMATS = {
  nagios: probeNagios,
  // prom-client is loaded for this format only.
  prometheus: async (result: ProbeResult, ignore: readonly CheckId[] = []) =>
    (await import('./prometheus.ts')).probeTextfile(result, ignore),
  junit: probeJunit,
  markdown: (result: ProbeResult, ignore: readonly CheckId[] = []) => probeMarkdown(result, ignore),
  github: probeGithub,
} as const satisfies Record<string, ProbeFormat>;

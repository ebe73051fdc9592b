/**
 * The known defects that `serve --fault NAME` can have. A new one is a file beside this and a line here.
 *
 * Their order is the order in which several are put together, whatever the order on the command line: from
 * the hub outward, so that what changes whole events comes before what a proxy does to bytes.
 */
import { UsageError } from '../../core/errors.ts';
import { closest } from '../../core/suggest.ts';
import { buffered } from './buffered.ts';
import { compressed } from './compressed.ts';
import { crash } from './crash.ts';
import { dropEvents } from './drop-events.ts';
import { duplicateEvents } from './duplicate-events.ts';
import { endlessLine } from './endless-line.ts';
import type { Fault } from './fault.ts';
import { goSilent } from './go-silent.ts';
import { headOfLine } from './head-of-line.ts';
import { idleCut } from './idle-cut.ts';
import { kickHealthy } from './kick-healthy.ts';
import { lateHeaders } from './late-headers.ts';
import { lateHeartbeat } from './late-heartbeat.ts';
import { leakClients } from './leak-clients.ts';
import { leakMemory } from './leak-memory.ts';
import { malformed } from './malformed.ts';
import { naive } from './naive.ts';
import { noHeartbeat } from './no-heartbeat.ts';
import { refuseUnderLoad } from './refuse-under-load.ts';
import { reorderEvents } from './reorder-events.ts';
import { resumeDuplicate } from './resume-duplicate.ts';
import { resumeGap } from './resume-gap.ts';
import { unboundedQueue } from './unbounded-queue.ts';
import { wrongType } from './wrong-type.ts';

export const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ['naive', naive],
  ['unbounded-queue', unboundedQueue],
  ['no-heartbeat', noHeartbeat],
  ['late-heartbeat', lateHeartbeat],
  ['resume-gap', resumeGap],
  ['resume-duplicate', resumeDuplicate],
  ['drop-events', dropEvents],
  ['duplicate-events', duplicateEvents],
  ['reorder-events', reorderEvents],
  ['head-of-line', headOfLine],
  ['malformed', malformed],
  ['endless-line', endlessLine],
  ['go-silent', goSilent],
  ['kick-healthy', kickHealthy],
  ['late-headers', lateHeaders],
  ['wrong-type', wrongType],
  ['compressed', compressed],
  ['buffered', buffered],
  ['leak-clients', leakClients],
  ['leak-memory', leakMemory],
  ['refuse-under-load', refuseUnderLoad],
  ['idle-cut', idleCut],
  ['crash', crash],
]);

/** @throws {UsageError} with the nearest name, and all of them */
export function checkFaultNames(names: readonly string[]): void {
  const unknown = names.find((name) => !faults.has(name));
  if (unknown === undefined) return;
  const meant = closest(unknown, faults.keys());
  throw new UsageError(
    `--fault: there is no fault ${JSON.stringify(unknown)}${meant === null ? '' : `; did you mean ${meant}?`}`,
    {
      hint: `Known faults: ${[...faults.keys()].join(', ')}.`,
    },
  );
}

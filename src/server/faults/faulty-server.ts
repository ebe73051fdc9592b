import { UsageError } from '../../core/errors.ts';
import type { HubOptions } from '../../hub/hub-options.ts';
import type { StreamServer } from '../http.ts';
import { SseHub } from '../../hub/hub.ts';
import type { FaultLine } from '../dashboard/message.ts';
import type { Fault } from './fault.ts';
import { checkFaultNames, faults } from './registry.ts';

/**
 * The hub with these defects: each wraps what the ones before it made.
 *
 * @throws {UsageError} for a name that is not known, and for faults that are each a server of their own
 */
export function faultyServer(names: readonly string[], options: HubOptions): StreamServer {
  checkFaultNames(names);
  const [base, second] = [...new Set(names)].filter((name) => 'create' in (faults.get(name) as Fault));
  if (second !== undefined)
    throw new UsageError(`the faults ${base} and ${second} cannot be combined: each replaces the whole server`);
  let stream: StreamServer | null = null;
  for (const [name, fault] of faults) {
    if (!names.includes(name)) continue;
    stream = 'create' in fault ? fault.create(options) : fault.wrap(stream ?? new SseHub(options), options);
  }
  return stream ?? new SseHub(options);
}

/** What the dashboard says of these faults, which must be known. */
export function faultLines(names: readonly string[]): FaultLine[] {
  return [...faults].filter(([name]) => names.includes(name)).map(([name, { summary }]) => ({ name, summary }));
}

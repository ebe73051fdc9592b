/** The known defects that `serve --fault NAME` can have. A new one is a file beside this and a line here. */
import type { HubOptions } from '../hub-options.ts';
import type { StreamServer } from '../http.ts';
import { NaiveStreams } from './naive.ts';

export interface Fault {
  /** What is wrong with it, in one line. */
  summary: string;
  create(options: HubOptions): StreamServer;
}

export const faults: ReadonlyMap<string, Fault> = new Map([
  ['naive', { summary: 'an array of bare responses: no heartbeat, no eviction, nothing cleaned up', create: () => new NaiveStreams() }],
]);

/** What `serve --fault NAME` chooses: a server of its own, or something around the one that is there so far. */
import type { HubOptions } from '../../hub/hub-options.ts';
import type { StreamServer } from '../http.ts';

interface Described {
  /** What is wrong with it, in one line. */
  summary: string;
}

/** Stands in place of the sound hub. Two of these cannot be had together. */
export interface ReplacingFault extends Described {
  create(options: HubOptions): StreamServer;
}

/** Stands around the sound hub, or around whatever else is there. Any number of these can be combined. */
export interface WrappingFault extends Described {
  wrap(inner: StreamServer, options: HubOptions): StreamServer;
}

export type Fault = ReplacingFault | WrappingFault;

/** All that a probe saw, as the checks judge it. Times are milliseconds from its start. */
import type { ProbePlan } from '../options/probe-options.ts';
import type { Listening } from './listening.ts';
import type { ProbeResult } from './result.ts';
import type { AuxiliaryName } from './auxiliary-streams.ts';
import type { Contact } from '../reach/connector.ts';

export interface Observations {
  plan: ProbePlan;
  url: URL;
  contact: Contact;
  /** URL of the proxy; null: directly. */
  proxy: string | null;
  /** Null: the server could not be reached so far that anything was asked. */
  main: Listening | null;
  /** The other connections, those that were opened. */
  auxiliary: ReadonlyMap<AuxiliaryName, Listening>;
  /** Whether others than the main one were allowed. */
  asksTwice: boolean;
  endedBy: ProbeResult['endedBy'];
  /** When the judging begins. */
  endMs: number;
  /** The longest that this process did not come to look. */
  ownStopMs: number;
  /** When the main stream was known to be over, as far as it was declared: `--until text:`, or by a profile. */
  complete: boolean;
  /** What `--until` waits for came. */
  untilCame: boolean;
  /** Wall clock minus ours, Unix milliseconds. */
  wallOffsetMs: number;
}

/**
 * A profile: everything that this program knows of one protocol over an event stream, as one object.
 *
 * The probe, the soak, the options and the reports ask the object; none of them knows a profile by its name. A new
 * profile is one file that exports such an object and one line in `profiles.ts`.
 *
 * The objects are loaded with the options, also for `--help`, so they hold only what is small. What opens
 * connections or keeps accounts comes from a function that loads it when a run needs it.
 */
import type { StreamEvent } from '../client/event-cache.ts';
import type { Subscription } from '../client/subscription.ts';
import type { DetectorOf } from '../findings/finding.ts';
import type { RequestOptions } from '../wire/request.ts';
import type { StreamRequest, Transport } from '../wire/transport.ts';
import type { ProfileChecks } from './profile-checks.ts';

type Headers = ReadonlyArray<readonly [name: string, value: string]>;

/** What is sent for a stream, of all that a plan and a profile have a say in. */
export interface Asking {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;
}

/** How the clients of a soak ask. */
export interface ProfileRequest {
  /** @param path of the URL, without its query. @throws {UsageError} when what the user gave cannot be asked */
  asking(given: Asking, path: string): Asking;
  /** Connections that one client needs for a stream, and the requests before and after it. */
  readonly connections: number;
  /** The server says something unasked, so that its silence is a defect. */
  readonly isFeed: boolean;
  /** Leaving takes requests of its own, which a probe needs time for. */
  readonly hasFarewell: boolean;
}

export interface AccountsContext<Figures> {
  /** Where it is counted. */
  figures: Figures;
  /** The number of clients of the whole run: a client is known by its index in it. */
  clients: number;
  /** The transport that reaches the target. */
  transport: Transport;
  /** What a client asks with that asks for the first time. */
  ask: RequestOptions;
  nowMs: () => number;
}

/**
 * What one load process keeps for its clients under a profile, in place of the accounts of a feed: the transport by
 * which they come to their streams, and the receiver of what they hear.
 */
export interface ProfileAccounts extends Transport {
  /** What `open` takes. @param request of the client, as it is without a profile */
  requestFor(client: Subscription, request: StreamRequest): StreamRequest;
  heard(client: Subscription, event: StreamEvent): void;
  /** A client has left for good while the load goes on. */
  left(client: Subscription, how: 'fin' | 'rst'): void;
  /** The run is over, and all clients have left. */
  end(clients: readonly Subscription[]): Promise<void>;
}

export type OpenAccounts<Figures> = (context: AccountsContext<Figures>) => ProfileAccounts;

/** The part of a plan that every command with profiles has. */
export interface AskedPlan {
  readonly profile: string;
  readonly method: string;
  readonly body: string | null;
}

/** The plan of a soak, which may have several URLs or none. */
export interface LoadedPlan extends AskedPlan {
  readonly urls: readonly string[];
}

/** What a plan contradicts itself in: the options concerned, the culprit first, and why. */
export interface ProfileConflict<Plan> {
  readonly keys: readonly (keyof Plan & string)[];
  readonly message: string;
  readonly hint?: string;
}

export type ProfileRule<Plan = AskedPlan> = (plan: Plan) => ProfileConflict<Plan> | null;

export interface ProfileRules {
  readonly soak: readonly ProfileRule<LoadedPlan>[];
  readonly probe: readonly ProfileRule[];
}

/** @typeParam Figures what its accounts count in. @typeParam Seen what its detectors read of the record of a run */
export interface Profile<Figures = unknown, Seen = unknown> {
  readonly name: string;
  /** Its place in the help of `--profile`. */
  readonly help: Readonly<Record<'soak' | 'probe', string>>;
  readonly request: ProfileRequest;
  /** Null where the events are a feed, which the soak keeps the accounts of itself. */
  readonly accounts: (() => Promise<OpenAccounts<Figures>>) | null;
  readonly rules: ProfileRules;
  /** Defects that a soak under this profile can find beside those of every stream. */
  readonly detectors: readonly DetectorOf<Seen>[];
  readonly checks: () => Promise<ProfileChecks>;
  /** The figures of a probe in one line for people, read by name; empty where there are none. */
  line(figures: Readonly<Record<string, unknown>>): string;
}

/**
 * An order as a worker reads it: data from a Redis that others may write to, so nothing of it is believed. Only members
 * that are named here come through, each with a type and bounds; a member of the plan that has no line here does not
 * compile. An order makes a worker open connections, and nothing else: no member of it is a file, a variable of the
 * environment or a program; certificates come by their contents.
 *
 * It refuses to say what a wrong value was, since it may be a secret. Only workers load this file, and zod with it.
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { CLIENT_KINDS } from '../core/client-kinds.ts';
import { UsageError } from '../core/errors.ts';
import { hostOf, portOf } from '../core/host.ts';
import { POINTER_PATTERN } from '../core/json-pointer.ts';
import { printable } from '../core/printable.ts';
import type { StampPointers } from '../accounts/stamp-pointers.ts';
import { PROFILE_NAMES, type ProfileName } from '../protocols/profiles.ts';
import type { TransportSpec } from '../reach/transport-spec.ts';
import type { Slice } from '../soak/load/pacer.ts';
import type { AimJson } from '../soak/load/shard-messages.ts';
import type { ShardPlan } from '../soak/load/shard-plan.ts';
import type { ProxyRules } from '../wire/proxy.ts';
import type { TlsOptions } from '../wire/tls.ts';
import type { SentOrder } from './sent-order.ts';

/** A schema for every member, the optional ones too. */
type MembersOf<Value> = { [Name in keyof Value]-?: z.ZodType<Value[Name]> };

const MOST_CLIENTS = 10_000_000;
const MOST_SHARDS = 10_000;
const HOUR_MS = 3_600_000;
const MOST_MS = 31 * 24 * HOUR_MS;
const MOST_TIMEOUT_MS = HOUR_MS / 6;
const MIB = 1024 * 1024;
/** Flags take as much for one header. */
const MOST_HEADER_LENGTH = 8192;
const MOST_HEADERS = 200;
const MOST_URL_LENGTH = 65_536;
const MOST_BODY_LENGTH = 16 * MIB;
const MOST_CA_LENGTH = 4 * MIB;
const MOST_HOST_LENGTH = 255;
const MOST_NAME_LENGTH = 1024;

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
/** RFC 9110, 5.5. */
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u{10ffff}]*$/u;
const POINTER = new RegExp(`^${POINTER_PATTERN}$`);
const PROXY_VARIABLE = /^(?:https?|all|no)_proxy$/i;

const count = (most: number) => z.int().min(0).max(most);
const ms = (most = MOST_MS) => z.number().min(0).max(most);
/** Longer ones are not looked into: a pattern may take more stack than there is. */
const text = (most: number) => z.string().max(most, { abort: true });
const pointer = text(MOST_NAME_LENGTH).regex(POINTER);
const host = text(MOST_HOST_LENGTH).min(1);
const limit = z.exactOptional(
  z
    .int()
    .min(16)
    .max(256 * MIB),
);
const headerName = text(MOST_HEADER_LENGTH).regex(TOKEN);
const headerValue = text(MOST_HEADER_LENGTH).regex(FIELD_VALUE);

const slice = z
  .object({ index: count(MOST_SHARDS), count: z.int().min(1).max(MOST_SHARDS) } satisfies MembersOf<Slice>)
  .refine(({ index, count: all }) => index < all, { message: 'is not one of its parts', path: ['index'] });

const mix = z
  .object(eachKind(z.number().min(0).max(1_000_000)))
  .refine((weights) => weights.vanished === 0, {
    message: 'must be 0: a worker has no route on which clients vanish',
    path: ['vanished'],
  })
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), { message: 'has no weight above 0' });

const plan = z.object({
  clients: z.int().min(1).max(MOST_CLIENTS),
  slice,
  rampMs: ms(),
  durationMs: ms(),
  mix,
  churnPerSecond: z.number().min(0).max(100_000),
  seed: count(2 ** 32 - 1),
  slowRateBytesPerSecond: z
    .number()
    .min(1)
    .max(1024 * MIB),
  confirmedTargets: z.array(host).max(1000),
  retryMs: z.number().min(1).max(HOUR_MS),
  connectTimeoutMs: z.number().min(1).max(MOST_TIMEOUT_MS),
  headersTimeoutMs: z.number().min(1).max(MOST_TIMEOUT_MS),
  pointers: z.object({
    seq: pointer,
    scheduled: pointer,
    sent: pointer,
    seqGiven: z.boolean(),
    timeGiven: z.boolean(),
  } satisfies MembersOf<StampPointers>),
  limits: z.object({ maxLineBytes: limit, maxEventBytes: limit } satisfies MembersOf<ShardPlan['limits']>),
  method: text(40).regex(TOKEN),
  headers: z.array(z.tuple([headerName, headerValue])).max(MOST_HEADERS),
  body: text(MOST_BODY_LENGTH).nullable(),
  // An address of the machine that made the order.
  vanishingNetwork: z.exactOptional(z.null()),
  profile: z.exactOptional(z.enum(PROFILE_NAMES as readonly [ProfileName, ...ProfileName[]])),
  soFarEverySamples: z.int().min(1).max(3600).nullable(),
  seqTrusted: z.boolean(),
  promisedHeartbeatMs: ms().nullable(),
  promisedEvictAfterMs: ms().nullable(),
  heartbeatWithinMs: ms().nullable(),
  silenceOnly: z.boolean(),
  evictWithinMs: ms().nullable(),
  until: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('event-name'), name: text(MOST_NAME_LENGTH) }),
      z.object({ kind: z.literal('text'), text: text(MOST_URL_LENGTH) }),
    ])
    .nullable(),
} satisfies MembersOf<ShardPlan>);

const trustMembers = { ca: z.exactOptional(text(MOST_CA_LENGTH)), insecure: z.exactOptional(z.boolean()) };
const protocol = z.enum(['http/1.1', 'h2']);
const proxyUrl = text(MOST_URL_LENGTH).refine((url) => URL.canParse(url) && new URL(url).protocol === 'http:', {
  message: 'is not a URL that begins with http://',
});

const transport = z.object({
  kind: z.enum(['wire', 'undici', 'leanest']),
  trust: z.object(trustMembers satisfies MembersOf<TransportSpec['trust']>),
  wanted: protocol.nullable(),
  streamsPerConnection: z.int().min(1).max(10_000),
  proxies: z.object({
    given: proxyUrl.nullable(),
    // The proxy variables of the coordinator, with their values. The worker does not read its own environment.
    environment: z.record(z.string().regex(PROXY_VARIABLE), text(MOST_URL_LENGTH)),
  } satisfies MembersOf<ProxyRules>),
  connectTimeoutMs: z.number().min(1).max(MOST_TIMEOUT_MS).nullable(),
  tls: z.object({ servername: host, ...trustMembers } satisfies MembersOf<TlsOptions>).nullable(),
  protocol,
  proxy: proxyUrl.nullable(),
} satisfies MembersOf<TransportSpec>);

const aim = z
  .object({
    url: text(MOST_URL_LENGTH).refine(isHttpUrl, { message: 'is not a URL of http:// or https://', abort: true }),
    address: host,
    port: z.int().min(1).max(65_535),
    local: z.boolean(),
    fillBytes: count(1024 * MIB),
    transport,
  } satisfies MembersOf<AimJson>)
  .refine(({ url, address }) => isIP(address) !== 0 || address === hostOf(new URL(url)), {
    message: 'is neither an IP address nor the host of the URL',
    path: ['address'],
  })
  .refine(({ url, port }) => port === portOf(new URL(url)), { message: 'is not that of the URL', path: ['port'] })
  .refine(({ url, transport: { tls } }) => (tls !== null) === url.startsWith('https:'), {
    message: 'does not fit the scheme of the URL',
    path: ['transport', 'tls'],
  });

const order = z.object({
  plan,
  aim,
  bearer: headerValue.nullable(),
  version: text(64).regex(/^[\w.+-]+$/),
} satisfies MembersOf<SentOrder>);

/**
 * @returns the order with the members that are known, and no others
 * @throws {UsageError} naming the first member that is wrong
 */
export function orderFrom(value: unknown): SentOrder {
  const { data, error } = order.safeParse(value);
  if (error === undefined) return data;
  const [issue] = error.issues;
  const path = issue === undefined || issue.path.length === 0 ? 'it' : issue.path.join('.');
  const wrong = issue === undefined ? 'is wrong' : wordsOf(issue);
  throw new UsageError(
    `the order for this worker cannot be used: ${printable(path).slice(0, MOST_HOST_LENGTH)} ${wrong}`,
    {
      hint: 'Use the same version of sse-probe for the soak and its workers, and a Redis that nobody else writes to.',
    },
  );
}

/** Without the value, which may be a secret. */
function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'custom':
      return issue.message;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `is longer than ${String(issue.maximum)}`
        : `is more than ${String(issue.maximum)}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `is shorter than ${String(issue.minimum)}`
        : `is less than ${String(issue.minimum)}`;
    case 'invalid_type':
      return `is not of the type ${issue.expected}`;
    case 'invalid_value':
      return `is none of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'is of no known kind';
    case 'invalid_key':
      return 'has a name that is not allowed here';
    default:
      return 'has characters that are not allowed here';
  }
}

function eachKind<Schema>(schema: Schema): Record<(typeof CLIENT_KINDS)[number], Schema> {
  return Object.fromEntries(CLIENT_KINDS.map((kind) => [kind, schema])) as Record<
    (typeof CLIENT_KINDS)[number],
    Schema
  >;
}

function isHttpUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol: scheme, port } = new URL(given);
  return (scheme === 'http:' || scheme === 'https:') && port !== '0';
}

/**
 * sse-probe as a library: the parser, the encoder, the hub, the load test and the probe. Importing it loads the
 * first three and nothing else, no package and nothing of the command line.
 */
export { SseParser } from './sse/parser.ts';
export { type Malformed, SseLimitError, type SseEvent, type SseHandlers } from './sse/handlers.ts';
export { encodeComment, encodeEvent, encodeRetry, type SseMessage } from './sse/encoder.ts';
export { SseHub } from './hub/hub.ts';
export type {
  DisconnectReason,
  HandleArguments,
  HandleOptions,
  HubClient,
  HubEvents,
  PublishedEvent,
} from './hub/hub-client.ts';
export type { CloseOptions, HubOptions, SseHubOptions } from './hub/hub-options.ts';
export type {
  ClientDescription,
  ClientOrder,
  ComponentState,
  EvictionReason,
  HubCounters,
  HubStats,
} from './hub/stats.ts';
export type { Backplane, BackplaneEntry, BackplaneFollower, BackplanePlace, BackplaneStart } from './hub/backplane.ts';
export type { RedisBackplaneOptions } from './backplane/redis-backplane.ts';
export { probe, redisBackplane, soak } from './library/entry.ts';
export type { ProbeOptions } from './library/probe-options.ts';
export type { SoakOptions } from './library/soak-options.ts';
export type { ProbeReport } from './report/probe/probe-report.ts';
export type { SoakReport } from './report/soak/soak-report.ts';
export type { Clock } from './core/clock.ts';
export {
  BackplaneError,
  GeneratorLimitError,
  SseProbeError,
  StartError,
  UnreachableError,
  UsageError,
  type ErrorDetails,
} from './core/errors.ts';

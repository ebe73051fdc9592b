/**
 * sse-probe as a library: the parser, the encoder and the hub. Importing it loads nothing of the command line.
 */
export { SseParser } from './sse/parser.ts';
export { SseLimitError, type SseEvent, type SseHandlers } from './sse/handlers.ts';
export { encodeComment, encodeEvent, encodeRetry, type SseMessage } from './sse/encoder.ts';
export { SseHub } from './hub/hub.ts';
export type { DisconnectReason, HandleOptions, HubClient, HubEvents, PublishedEvent } from './hub/hub-client.ts';
export type { HubOptions, SseHubOptions } from './hub/hub-options.ts';
export type { ClientDescription, ComponentState, EvictionReason, HubCounters, HubStats } from './hub/stats.ts';

/**
 * sse-probe as a library: the parser, the encoder and the hub. Importing it loads nothing of the command line.
 */
export { SseParser } from './sse/parser.ts';
export { SseLimitError, type SseEvent, type SseHandlers } from './sse/handlers.ts';
export { encodeComment, encodeEvent, encodeRetry, type SseMessage } from './sse/encoder.ts';
export { SseHub, type HubClient, type HubEvents, type PublishedEvent } from './hub/hub.ts';
export type { HubOptions } from './hub/hub-options.ts';

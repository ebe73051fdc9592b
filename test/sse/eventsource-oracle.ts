/** npm `eventsource-parser` as an oracle, and our parser in the terms that both share. */
import { createParser } from 'eventsource-parser';
import type { Said } from './recorder.ts';

/** What both can say: an event has an id where its block did. */
export type Common = { type: string; data: string; id: string | undefined } | { comment: string } | { retry: number };

/** What our parser said, in the terms of both. */
export function ours(said: Said[]): Common[] {
  return said.map((one) => {
    if ('error' in one) throw new Error(`no limit should be met here, but ${one.error}`);
    if (!('event' in one)) return one;
    const { type, data, lastEventId } = one.event;
    return { type, data, id: one.ownId ? lastEventId : undefined };
  });
}

/** What eventsource-parser says, helped where parser-oracle.test.ts lists a difference. */
export function oracle(stream: Uint8Array): Common[] {
  const said: Common[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) => said.push({ type: event ?? 'message', data, id }),
    onComment: (comment) => said.push({ comment }),
    onRetry: (ms) => said.push({ retry: Math.min(ms, Number.MAX_SAFE_INTEGER) }),
  });
  const text = new TextDecoder('utf-8').decode(stream);
  parser.feed('');
  parser.feed(text.endsWith('\r') ? `${text}\n` : text);
  return said;
}

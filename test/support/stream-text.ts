/** What stands in the text of a stream, as eventsource-parser reads it: no code of ours. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export function messagesIn(text: string): EventSourceMessage[] {
  const messages: EventSourceMessage[] = [];
  createParser({
    onEvent: (message) => {
      messages.push(message);
    },
  }).feed(text);
  return messages;
}

/** The data of its `connected` event; null before it came. */
export function greetingIn(text: string): Record<string, unknown> {
  return JSON.parse(messagesIn(text).find(({ event }) => event === 'connected')?.data ?? 'null') as Record<
    string,
    unknown
  >;
}

/** An event that is to be published: its bytes under the number that comes next, and its id. */
import { UsageError } from '../core/errors.ts';
import { type Block, encodeBlock } from './block.ts';
import type { PublishedEvent } from './hub-client.ts';
import type { ReplayRing } from './replay.ts';

/** @throws {UsageError} for an event that cannot be encoded, and for an id that it may not have */
export function encodedEvent(event: PublishedEvent, { ids, nextSeq }: ReplayRing): { id: string; block: Block } {
  if (event.data === undefined) throw new UsageError('publish() needs data as a string, such as JSON.stringify(value)');
  const id = event.id ?? ids.of(nextSeq);
  const block = encodeBlock({ id, event: event.event, data: event.data });
  if (event.id !== undefined) ids.check(event.id);
  return { id, block };
}

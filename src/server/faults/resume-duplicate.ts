/**
 * A client that returns gets the event again that it named as its last: "not older than" where "newer than"
 * was meant (r3labs/sse replays `id >= Last-Event-ID`, event_log.go).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lastEventIdOf } from '../../hub/stream-head.ts';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

/** An id of the hub behind which there is something to have had before. */
const HUB_ID = /^(.+-)([1-9]\d{0,14})$/;

class ResumeDuplicate extends WrappedServer {
  override handle(req: IncomingMessage, res: ServerResponse): void {
    const lastEventId = lastEventIdOf(req);
    const [, life, digits] = HUB_ID.exec(lastEventId ?? '') ?? [];
    const number = Number(digits);
    if (life !== undefined && number < this.nextSeq) req.headers['last-event-id'] = `${life}${number - 1}`;
    super.handle(req, res);
  }
}

export const resumeDuplicate: WrappingFault = {
  summary: 'a client that resumes gets its last event again',
  wrap: (inner) => new ResumeDuplicate(inner),
};

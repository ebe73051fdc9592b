/**
 * A client that returns gets the event again that it named as its last: "not older than" where "newer than"
 * was meant (r3labs/sse replays `id >= Last-Event-ID`, event_log.go).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lastEventIdOf } from '../../hub/stream-head.ts';
import type { WrappingFault } from './fault.ts';
import { WrappedServer } from './wrapped-server.ts';

const OWN_ID = /^[1-9]\d{0,14}$/;

class ResumeDuplicate extends WrappedServer {
  override handle(req: IncomingMessage, res: ServerResponse): void {
    const lastEventId = lastEventIdOf(req);
    if (lastEventId !== null && OWN_ID.test(lastEventId) && Number(lastEventId) < this.nextSeq) {
      req.headers['last-event-id'] = String(Number(lastEventId) - 1);
    }
    super.handle(req, res);
  }
}

export const resumeDuplicate: WrappingFault = {
  summary: 'a client that resumes gets the event again that it had last',
  wrap: (inner) => new ResumeDuplicate(inner),
};

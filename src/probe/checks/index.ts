/** Every check, in the order in which they are shown. A new one is a file beside this, a line here and an id. */
import { buffered } from './buffered.ts';
import { cacheControl } from './cache-control.ts';
import { cached } from './cached.ts';
import { charset } from './charset.ts';
import type { Check } from './check.ts';
import { completion } from './completion.ts';
import { compression } from './compression.ts';
import { contentType } from './content-type.ts';
import { cors } from './cors.ts';
import { errorStatus } from './error-status.ts';
import { eventIds } from './event-ids.ts';
import { firstEvent } from './first-event.ts';
import { framing } from './framing.ts';
import { heartbeat } from './heartbeat.ts';
import { intermediaries } from './intermediaries.ts';
import { lateHeaders } from './late-headers.ts';
import { protocol } from './protocol.ts';
import { proxyBuffering } from './proxy-buffering.ts';
import { reachable } from './reachable.ts';
import { redirects } from './redirects.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { silentGap } from './silent-gap.ts';
import { status } from './status.ts';
import { tls } from './tls.ts';

export const CHECKS: readonly Check[] = [
  reachable,
  tls,
  redirects,
  status,
  contentType,
  charset,
  cacheControl,
  proxyBuffering,
  compression,
  cors,
  lateHeaders,
  firstEvent,
  framing,
  eventIds,
  retry,
  resume,
  heartbeat,
  silentGap,
  buffered,
  cached,
  protocol,
  completion,
  errorStatus,
  intermediaries,
];

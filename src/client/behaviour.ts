/**
 * What each kind of client does with an open stream. A kind is one object here and one line in the registry;
 * it keeps no state of its own, so that all clients of a kind share it.
 */
import type { ClientKind } from '../core/client-kinds.ts';
import type { Behaviour } from './subscription.ts';

/** A browser's EventSource. */
const healthy: Behaviour = {
  kind: 'healthy',
  reads: true,
  returns: true,
  opened() {},
  body(client, bytes, start, end) {
    client.read(bytes, start, end);
    return true;
  },
  due() {},
};

/**
 * Reads a few bytes, waits until its rate allows the next few, and never stops: slow, but alive.
 *
 * What it has read counts, not how often: one read may bring less than was asked for, several chunks that come here
 * one by one, or a TLS record of 16 KiB, for which it then waits that much longer.
 */
const SLOW_READ_BYTES = 256;
/** Reads that came late (the timer's steps, a busy loop) are made up for, within this; idle time is not saved up. */
const MAX_CATCH_UP_MS = 1000;
const slow: Behaviour = {
  kind: 'slow',
  reads: true,
  returns: true,
  maxReadBytes: SLOW_READ_BYTES,
  opened(client) {
    client.readAgainMs = client.context.nowMs;
  },
  body(client, bytes, start, end) {
    const { nowMs, wheel, slowRateBytesPerSecond } = client.context;
    client.readAgainMs =
      Math.max(client.readAgainMs, nowMs - MAX_CATCH_UP_MS) + ((end - start) * 1000) / slowRateBytesPerSecond;
    const mayGoOn = client.readAgainMs <= nowMs;
    if (!mayGoOn) wheel.schedule(client, client.readAgainMs);
    client.read(bytes, start, end);
    return mayGoOn;
  },
  due(client) {
    client.connection?.resume();
  },
};

/** A suspended tab or a stopped process: opens the stream and never reads again, so that its window closes. */
const stalled: Behaviour = {
  kind: 'stalled',
  reads: false,
  returns: false,
  maxReadBytes: 1024,
  opened() {},
  // Armed: where nothing else tells whether it was thrown out, it reads on at last and sees.
  body(client) {
    return client.armed;
  },
  due() {},
};

/**
 * A phone without a network, a machine without power: reads as a healthy client does until its addresses lose
 * their route (soak/vanish/vanishing.ts). It does nothing for that itself, and never hears of its end.
 */
const vanished: Behaviour = {
  kind: 'vanished',
  // What comes after it has gone cannot be held to account.
  reads: false,
  returns: false,
  opened() {},
  // Armed: the run is over and its network is back, but nobody is there any more.
  body(client, bytes, start, end) {
    if (client.armed) return false;
    client.read(bytes, start, end);
    return true;
  },
  due() {},
};

/** Resets its connection in the middle of an event, a few seconds after it opened, and comes back. */
const abrupt: Behaviour = {
  kind: 'abrupt',
  reads: true,
  returns: true,
  opened(client) {
    const { context } = client;
    client.armed = false;
    context.wheel.schedule(client, context.nowMs + context.random.between(1000, 6000));
  },
  body(client, bytes, start, end) {
    if (!client.armed) {
      client.read(bytes, start, end);
      return true;
    }
    client.armed = false;
    client.read(bytes, start, start + ((end - start) >> 1));
    if (client.state === 'open') client.leaveAndReturn('rst');
    return false;
  },
  due(client) {
    client.armed = true;
  },
};

/** Leaves every few seconds, politely, and returns with Last-Event-ID: a phone between two cells. */
const resuming: Behaviour = {
  kind: 'resuming',
  reads: true,
  returns: true,
  opened(client) {
    const { context } = client;
    context.wheel.schedule(client, context.nowMs + context.random.between(2000, 5000));
  },
  body: healthy.body,
  due(client) {
    client.leaveAndReturn('fin');
  },
};

export const behaviours: Readonly<Record<ClientKind, Behaviour>> = {
  healthy,
  slow,
  stalled,
  vanished,
  abrupt,
  resuming,
};

/**
 * What all measured processes do alike: all clients connect, calm, then a window in which processor and events are
 * counted. Memory is what the process has grown by, from before the first client to the end of the window.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Some 8 s after the last client has come V8 collects what connecting left behind, three times over, and gives the
 * memory back. Once in a run, but in a window of 6 s with 1,000 clients it doubled the figures or did not.
 */
const CALM_MS = 10_000;
const CONNECT_TIMEOUT_MS = 30_000;
const CONNECTS_PER_SECOND = 2000;
const STEP_MS = 10;

/**
 * Clients, seconds and port: the arguments of every measured process. With a fourth one it is the server that is
 * measured: `measure` says when its window begins, and returns only when its standard input ends.
 */
export function measuredArguments() {
  const [clients, seconds, port] = process.argv.slice(2, 5).map(Number);
  return { clients, seconds, port, forServer: process.argv.length > 5 };
}

export function rampMs(clients) {
  return Math.max(1000, (clients * 1000) / CONNECTS_PER_SECOND);
}

export function rssBytes() {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

/** Opens clients by their index at a steady rate; for those that have no ramp of their own. */
export async function openAll(clients, open) {
  const startMs = performance.now();
  for (let opened = 0; opened < clients; await sleep(STEP_MS)) {
    const due = Math.min(clients, ((performance.now() - startMs) / rampMs(clients)) * clients);
    while (opened < due) open(opened++);
  }
}

/**
 * Waits for all clients, measures, prints one line of JSON.
 *
 * @param counters `open()`: streams that are open, `events()`: events so far, `extra()`: more to print
 */
export async function measure({ clients, seconds, forServer }, rssBeforeBytes, { open, events, extra = () => ({}) }) {
  const deadlineMs = performance.now() + CONNECT_TIMEOUT_MS;
  while (open() < clients) {
    if (performance.now() > deadlineMs) throw new Error(`only ${open()} of ${clients} clients were connected in time`);
    await sleep(STEP_MS);
  }
  await sleep(CALM_MS);
  if (forServer) console.log('measuring');
  const eventsBefore = events();
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(cpuBefore);
  const counted = events() - eventsBefore;
  const elapsedMs = performance.now() - startMs;
  console.log(
    JSON.stringify({
      clients: open(),
      kbPerClient: (process.memoryUsage.rss() - rssBeforeBytes) / 1024 / clients,
      usPerEvent: (user + system) / counted,
      eventsPerSecond: (counted * 1000) / elapsedMs,
      cpu: (user + system) / 1000 / elapsedMs,
      ...extra(),
    }),
  );
  if (forServer) await once(process.stdin.resume(), 'end');
}

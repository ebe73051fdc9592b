/** One loopback address has some 28,000 source ports; undefined: the kernel's choice. */
const CLIENTS_PER_ADDRESS = 20_000;

export function sourceAddress(index) {
  const block = Math.floor(index / CLIENTS_PER_ADDRESS);
  return block === 0 ? undefined : `127.0.0.${1 + block}`;
}

const EVENT_END = Buffer.from('\n\n');

/** Events that end in these bytes, by the blank line behind each: enough where every event comes whole. */
export function countEvents(bytes) {
  let events = 0;
  for (let at = bytes.indexOf(EVENT_END); at >= 0; at = bytes.indexOf(EVENT_END, at + 2)) events += 1;
  return events;
}

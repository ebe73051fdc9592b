/**
 * The part of V8's heap that new objects are made in. It starts with one megabyte and is doubled, up to 32, when much of
 * what was made lives on: so it grows once while thousands connect, and rarely shrinks again. A server of streams makes
 * little garbage for each event, since all clients share what is sent, so a small one costs it no processor, and holds
 * 8.5 instead of 16 KB a connection at 4,000 clients (docs/performance.md).
 *
 * It cannot be set at the start, which the user's own command line does, and `--max-semi-space-size` is not heeded later:
 * the factor of growth is, in Node 20, 22 and 24.
 */
import { setFlagsFromString } from 'node:v8';

/** Keeps the young generation of this process at the size that it has. */
export function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

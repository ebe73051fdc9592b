/**
 * A stream whose bytes come from somebody else's engine, which goes on buffering when it is told to stop.
 *
 * What is missing for the promise of the interface is added here: while reading is stopped nothing is heard
 * of the stream's end, so an end that the engine tells nevertheless waits for `resume()`.
 */
import type { Cause } from '../core/causes.ts';
import { WireStream } from './stream.ts';

export abstract class EngineStream extends WireStream {
  private paused = false;
  private heldEnd: { cause: Cause; detail: string } | undefined;

  protected abstract pauseEngine(): void;
  protected abstract resumeEngine(): void;

  resumeSource(): void {
    if (!this.paused) return;
    this.paused = false;
    // undici reads on at once: what it reads is not to arrive within the caller's resume().
    process.nextTick(() => this.goOn());
  }

  private goOn(): void {
    if (this.over) return;
    if (this.heldEnd === undefined) this.resumeEngine();
    else this.sourceEnded(this.heldEnd.cause, this.heldEnd.detail);
  }

  protected chunkArrived(chunk: Uint8Array): void {
    if (this.over || chunk.length === 0 || this.body(chunk, 0, chunk.length)) return;
    this.paused = true;
    if (!this.over) this.pauseEngine();
  }

  protected engineEnded(cause: Cause, detail: string): void {
    if (this.paused) this.heldEnd = { cause, detail };
    else this.sourceEnded(cause, detail);
  }
}

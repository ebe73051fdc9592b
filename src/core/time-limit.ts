/**
 * A signal that fires after so long, or when another one fires.
 *
 * Not `AbortSignal.any([AbortSignal.timeout(ms), …])`: what is made of a timeout does not hold it, so that the garbage
 * collector may take it with its timer, and the signal never fires (seen in Node 20.20). Keeps no process alive.
 */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #sooner: AbortSignal | undefined;
  readonly #forward = (): void => this.#controller.abort(this.#sooner?.reason);
  #isOver = false;

  /** @param limitMs null: only the other signal ends it */
  constructor(limitMs: number | null, sooner?: AbortSignal) {
    this.#sooner = sooner;
    if (sooner?.aborted === true) this.#forward();
    else sooner?.addEventListener('abort', this.#forward, { once: true });
    if (limitMs === null) return;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort(new DOMException('the time is over', 'TimeoutError'));
    }, limitMs).unref();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time ran out. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** To be called when what it limits is over: leaves no timer and no listener behind. */
  end(): void {
    clearTimeout(this.#timer);
    this.#sooner?.removeEventListener('abort', this.#forward);
  }
}

/**
 * Is there a descriptor left for the next client?
 *
 * Without one, libuv accepts newcomers with a spare descriptor and drops them (uv__emfile_trick), and Node
 * hears nothing of it: the server looks well and every new client gets a reset. So a file is opened once a
 * second, which fails in the same way and names the limit.
 */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const PERIOD_MS = 1000;

export class DescriptorWatch {
  readonly #onTrouble: (error: NodeJS.ErrnoException) => void;
  #timer: NodeJS.Timeout | undefined;
  /** `EMFILE` (this process) or `ENFILE` (the machine) while there is none. */
  trouble: string | null = null;

  constructor(onTrouble: (error: NodeJS.ErrnoException) => void) {
    this.#onTrouble = onTrouble;
  }

  start(): void {
    this.#timer = setInterval(() => this.#check(), PERIOD_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    try {
      closeSync(openSync(devNull, 'r'));
      this.trouble = null;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
      this.trouble = code;
      this.#onTrouble(error as NodeJS.ErrnoException);
    }
  }
}

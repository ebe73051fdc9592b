/** The command that opens a stream of this server, and a button that copies it. */
import { curlLine } from './curl-line.ts';
import { element, setText } from './elements.ts';

const SAID_MS = 2000;

export class CopyLine {
  readonly #line = element('curl-line', HTMLElement);
  readonly #button = element('curl-copy', HTMLButtonElement);
  readonly #outcome = element('curl-outcome', HTMLElement);
  #timer = 0;

  constructor() {
    this.#button.addEventListener('click', () => void this.#copy());
  }

  show(streamPath: string): void {
    setText(this.#line, curlLine(location.href, streamPath));
  }

  async #copy(): Promise<void> {
    // For those who must do it by hand: there is no clipboard for pages over plain HTTP from another machine.
    getSelection()?.selectAllChildren(this.#line);
    try {
      await navigator.clipboard.writeText(this.#line.textContent);
      this.#say('Copied.');
    } catch {
      this.#say('Selected: press Ctrl+C to copy.');
    }
  }

  #say(text: string): void {
    setText(this.#outcome, text);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => setText(this.#outcome, ''), SAID_MS);
  }
}

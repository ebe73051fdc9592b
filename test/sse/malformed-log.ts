import { SseParser, type Malformed, type SseEvent } from '../../src/sse/parser.ts';

export interface Report {
  defect: Malformed;
  sample: string;
}

/** A parser's caller that also listens for what is malformed. */
export class MalformedLog {
  readonly reports: Report[] = [];
  readonly events: SseEvent[] = [];
  readonly pure: boolean[] = [];
  readonly parser = new SseParser(this);

  onEvent(event: SseEvent): void {
    this.events.push(event);
    this.pure.push(this.parser.blockIsPure);
  }

  onComment(): void {}

  onMalformed(defect: Malformed, sample: string): void {
    this.reports.push({ defect, sample });
  }

  hear(stream: Uint8Array, cuts: readonly number[] = []): this {
    let from = 0;
    for (const cut of [...cuts, stream.length]) {
      this.parser.push(stream, from, cut);
      from = cut;
    }
    return this;
  }
}

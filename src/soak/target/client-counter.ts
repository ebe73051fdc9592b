/**
 * How many clients a server anywhere counts, by a URL that tells it (`--server-clients`): a number, or a list of clients
 * in JSON, whose length counts.
 *
 * What cannot be read is data, before the run too: the streams are what is tested, and the report says why there was no
 * count. It refuses fractions and negative numbers, which count something else.
 */
import { printable } from '../../core/printable.ts';
import { redactUrl } from '../../core/redact.ts';
import type { UncountedClients } from '../../memory/client-count.ts';
import type { MetricsSource } from '../../options/values/metrics-source.ts';
import { MetricsPage, type Trust } from './metrics-page.ts';
import { CLIENTS } from './metrics-reading.ts';

export class ClientCounter {
  /** Why the last look gave no count; null where it did. */
  uncounted: UncountedClients | null = null;
  private readonly page: MetricsPage;
  private readonly shown: string;
  private looking: Promise<number | null> | null = null;

  constructor(source: MetricsSource, trust: Trust) {
    this.page = new MetricsPage(source, CLIENTS, trust);
    this.shown = printable(redactUrl(source.url));
  }

  /** Null where there is no count this time. Not more than one look is under way: who asks meanwhile gets its answer. */
  count(): Promise<number | null> {
    return (this.looking ??= this.look().finally(() => {
      this.looking = null;
    }));
  }

  async stop(): Promise<void> {
    await this.page.close();
  }

  private async look(): Promise<number | null> {
    const look = await this.page.look();
    if ('value' in look && Number.isSafeInteger(look.value) && look.value >= 0) {
      this.uncounted = null;
      return look.value;
    }
    this.uncounted =
      'trouble' in look
        ? {
            why: `${this.shown} ${look.trouble}`,
            hint: 'Check the URL of --server-clients, with user and password if needed: http://USER:PASSWORD@HOST/….',
          }
        : 'missing' in look
          ? { why: `${this.shown} ${look.missing}`, hint: look.hint }
          : {
              why: `${this.shown} has the value ${look.value}, which is not a number of clients`,
              hint: 'Give the place of a whole number of clients after the # of --server-clients.',
            };
    return null;
  }
}

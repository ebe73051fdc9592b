/** The dashboard before anybody asks for it: it is loaded by the first request, and not at all without one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hangUp } from '../outlet.ts';
import type { Dashboard, DashboardSources } from './dashboard.ts';

export class DashboardEntrance {
  readonly #sources: DashboardSources;
  #dashboard: Promise<Dashboard> | null = null;
  #isClosed = false;

  constructor(sources: DashboardSources) {
    this.#sources = sources;
  }

  /** @param path one of `DASHBOARD_PATHS` */
  async answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    if (this.#isClosed) {
      hangUp(req, res);
      return;
    }
    this.#dashboard ??= this.#load();
    const dashboard = await this.#dashboard;
    await dashboard.answer(req, res, path);
  }

  /** As the hub's `close()`: says farewell to the viewers, and with `graceMs: 0` cuts an earlier call short. */
  async close(options: { graceMs: number }): Promise<void> {
    this.#isClosed = true;
    await (await this.#dashboard)?.close(options);
  }

  async #load(): Promise<Dashboard> {
    const { Dashboard } = await import('./dashboard.ts');
    return new Dashboard(this.#sources);
  }
}

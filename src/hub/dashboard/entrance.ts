/**
 * The dashboard before anybody asks for it: it begins with the first request. Its code is there from the start:
 * what is loaded when somebody asks fails for ever where no descriptor is left at that moment (an ES module that
 * could not be read is not read again).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hangUp } from '../outlet.ts';
import { Dashboard, type DashboardSources } from './dashboard.ts';

export class DashboardEntrance {
  readonly #sources: DashboardSources;
  #dashboard: Dashboard | null = null;
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
    this.#dashboard ??= new Dashboard(this.#sources);
    await this.#dashboard.answer(req, res, path);
  }

  /** As the hub's `close()`: says farewell to the viewers, and with `graceMs: 0` cuts an earlier call short. */
  async close(options: { graceMs: number }): Promise<void> {
    this.#isClosed = true;
    await this.#dashboard?.close(options);
  }
}

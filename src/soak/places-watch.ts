/**
 * Whether a server runs out of places while clients come and go: since when it turns clients away that come in the place
 * of others, and how many were connected then. A plain limit is reached while as many are connected as at the peak; a
 * place that is not given back shows by refusals while fewer are. Looked at once a second, of all load processes together.
 */
import type { TurnedAway } from '../record/run-record.ts';
import type { LoadSample } from './load/load-generator.ts';

export class PlacesWatch {
  turnedAway: TurnedAway | null = null;
  private peak = 0;
  private before = { turnedAway: 0, left: 0 };

  look(tMs: number, sample: Pick<LoadSample, 'clients' | 'mostOpen' | 'turnedAway' | 'left'>): void {
    const { clients, mostOpen, turnedAway, left } = sample;
    const { before } = this;
    this.peak = Math.max(this.peak, mostOpen);
    const more = turnedAway - before.turnedAway;
    // Who is turned away before anybody has left meets a limit.
    if (more > 0 && before.left > 0) {
      this.turnedAway ??= {
        fromMs: tMs,
        leftBefore: before.left,
        clients: 0,
        fewestOpen: clients,
        mostOpen: this.peak,
      };
      this.turnedAway.clients += more;
      this.turnedAway.fewestOpen = Math.min(this.turnedAway.fewestOpen, clients);
    }
    if (this.turnedAway !== null) this.turnedAway.mostOpen = this.peak;
    this.before = { turnedAway, left };
  }
}

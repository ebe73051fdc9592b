/**
 * The last probes of an exporter, for the person who asks why an alert fired: their texts, newest first. Failed ones have
 * places of their own, so that a night of sound probes does not push the failure out. Both rings and each text are bounded.
 */
import { printable } from '../core/printable.ts';
import { formatDuration } from '../core/units.ts';
import type { ProbeResult } from '../probe/result.ts';
import { markup, type Markup } from '../report/html-text.ts';

export interface KeptProbe {
  readonly id: number;
  /** When it began, as ISO 8601 in UTC. */
  readonly startedAt: string;
  /** The target, without secrets. */
  readonly url: string;
  readonly status: ProbeResult['status'];
  readonly durationMs: number;
  /** What the probe command would have printed. */
  readonly text: string;
}

const MAX_TEXT = 32_768;

export class ProbeHistory {
  private readonly most: number;
  private readonly recent: KeptProbe[] = [];
  private readonly failed: KeptProbe[] = [];
  private lastId = 0;

  /** @param most of each kind; 0 keeps none */
  constructor(most: number) {
    this.most = most;
  }

  /** @param text what the probe command would have printed. @returns its number */
  keep({ startedAt, url, status, durationMs }: ProbeResult, text: string): number {
    this.lastId += 1;
    const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}\n… cut after ${MAX_TEXT} characters\n` : text;
    const probe = { id: this.lastId, startedAt, url, status, durationMs, text: cut };
    const ring = status === 'ok' || status === 'warning' ? this.recent : this.failed;
    ring.push(probe);
    if (ring.length > this.most) ring.shift();
    return probe.id;
  }

  find(id: number): KeptProbe | undefined {
    return [...this.recent, ...this.failed].find((probe) => probe.id === id);
  }

  /** A page that lists them, newest first, each with a link to its text. */
  page(): string {
    const probes = [...this.recent, ...this.failed].toSorted((a, b) => b.id - a.id);
    const rows = probes.map(
      ({ id, startedAt, url, status, durationMs }) =>
        markup`<tr><td>${startedAt}</td><td><a href="/probes/${id}">${status}</a></td><td>${formatDuration(durationMs)}</td><td>${printable(url, 500)}</td></tr>\n`,
    );
    return markup`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>sse-probe exporter</title><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body>
<h1>sse-probe exporter</h1>
<p><code>/probe?target=URL</code> probes a target; <code>&amp;debug=true</code> shows what the probe saw. <a href="/metrics">/metrics</a> are those of the exporter.</p>
<h2>Last probes</h2>
${probes.length === 0 ? this.nothing() : markup`<table>\n<thead><tr><th>started</th><th>outcome</th><th>took</th><th>target</th></tr></thead>\n<tbody>\n${rows}</tbody>\n</table>`}
</body>
</html>
`.html;
  }

  private nothing(): Markup {
    return this.most === 0
      ? markup`<p>None is kept (--history 0).</p>`
      : markup`<p>There was none yet. The last ${this.most} probes are kept, and the last ${this.most} that failed.</p>`;
  }
}

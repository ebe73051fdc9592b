/**
 * A soak's report as one HTML file: it works from a disk, from a mail and on a phone, loads nothing, and runs no script
 * but its own. All that is said is in the markup, and can be read where no script runs; the script draws the charts.
 */
import { type Markup, markup } from '../../html-text.ts';
import { targetName } from '../headline.ts';
import type { SoakReport } from '../soak-report.ts';
import { pageAssets } from './assets.ts';
import { chartsOf } from './charts-of.ts';
import type { ChartSet } from './chart-model.ts';
import { chartsSection } from './charts-section.ts';
import { htmlDocument } from './document.ts';
import { clientTables, environmentTable, keyFigures, timesTable } from './figures-section.ts';
import { repeatSection } from './repeat-section.ts';
import { header, judged, reasons } from './verdict-section.ts';

export async function soakHtml(report: SoakReport): Promise<string> {
  const charts = chartsOf(report);
  const foot = markup`<p>Written by sse-probe ${report.version}. This file loads nothing and sends nothing.</p>`;
  return htmlDocument(
    { title: pageTitle(report.verdict.toUpperCase(), report), body: reportBody(report, charts, foot), charts },
    await pageAssets('page-script.js'),
  );
}

/** @param state the verdict, or what the run does */
export function pageTitle(state: string, { target }: Pick<SoakReport, 'target'>): string {
  return `${state} · ${targetName(target)} · sse-probe soak`;
}

/** All that a page says of a report; the charts are drawn into it. */
export function reportBody(report: SoakReport, charts: ChartSet, foot: Markup): Markup {
  return markup`${header(report)}
<main>
${reasons(report)}
${judged(report)}
${figures(report, charts)}
</main>
<footer>${foot}</footer>`;
}

/** What was measured, without what is concluded from it. */
export function figures(report: SoakReport, charts: ChartSet): Markup {
  return markup`${keyFigures(report)}
${chartsSection(charts)}
${clientTables(report)}
${timesTable(report)}
${repeatSection(report)}
${environmentTable(report)}`;
}

/**
 * A soak's report as one HTML file: it works from a disk, from a mail and on a phone, loads nothing, and runs no script
 * but its own. All that is said is in the markup, and can be read where no script runs; the script draws the charts.
 *
 * Every text goes through `markup` (html-text.ts). Should one be forgotten, the policy of the page forbids what it could
 * do: no script and no style but those whose hashes stand there, and no request to anywhere.
 */
import { createHash } from 'node:crypto';
import { htmlJson, Markup, markup } from '../../html-text.ts';
import { targetName } from '../headline.ts';
import type { SoakReport } from '../soak-report.ts';
import { type PageAssets, pageAssets } from './assets.ts';
import { chartsOf } from './charts-of.ts';
import type { ChartSet } from './chart-model.ts';
import { chartsSection } from './charts-section.ts';
import { clientTables, environmentTable, keyFigures, timesTable } from './figures-section.ts';
import { repeatSection } from './repeat-section.ts';
import { header, judged, reasons } from './verdict-section.ts';

/** A tag with a template in which this stands would be bundled with a helper that nobody installs. */
const SCRIPT_END = new Markup('</script>');

export async function soakHtml(report: SoakReport): Promise<string> {
  return pageOf(report, await pageAssets());
}

function pageOf(report: SoakReport, { script, style }: PageAssets): string {
  const charts = chartsOf(report);
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hashOf(script)}'`,
    `style-src 'sha256-${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.verdict.toUpperCase()} · ${targetName(report.target)} · sse-probe soak</title>
<style>${new Markup(style)}</style>
</head>
<body>
${reportBody(report, charts)}
<script type="application/json" id="chart-set">${htmlJson(charts)}${SCRIPT_END}
<script>${new Markup(script)}${SCRIPT_END}
</body>
</html>
`.html;
}

/** All that a page says of a report; the charts are drawn into it. */
export function reportBody(report: SoakReport, charts: ChartSet): Markup {
  return markup`${header(report)}
<main>
${reasons(report)}
${judged(report)}
${keyFigures(report)}
${chartsSection(charts)}
${clientTables(report)}
${timesTable(report)}
${repeatSection(report)}
${environmentTable(report)}
</main>
<footer><p>Written by sse-probe ${report.version}. This file loads nothing and sends nothing.</p></footer>`;
}

/** Hashes and sources have no character that is anything in an attribute but the quotes, which stay as they are. */
function policyAttribute(policy: string): Markup {
  return new Markup(policy);
}

/** The hash of exactly what stands between the tags. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

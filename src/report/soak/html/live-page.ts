/**
 * The page of a run that goes on: the same as the report, with what the run does in place of its verdict. Findings are
 * not shown before the run is over, since an event that is on its way looks like a lost one.
 *
 * It is a whole page at any moment. Its script fetches it again when the run says that it has changed, and takes over
 * what is different, so a page that was loaded anew is no other.
 */
import type { AskedQuestion } from '../../../core/run-events.ts';
import { formatCount, wholeSeconds } from '../../../core/units.ts';
import { type Markup, markup } from '../../html-text.ts';
import type { SoakReport } from '../soak-report.ts';
import { pageAssets } from './assets.ts';
import type { ChartSet } from './chart-model.ts';
import { chartsOf } from './charts-of.ts';
import { htmlDocument } from './document.ts';
import { figures, pageTitle, reportBody } from './page.ts';
import { headerOf, thresholdTable } from './verdict-section.ts';

/** What a run does at this moment. */
export interface RunningNow {
  /** One word. */
  phase: string;
  /** Null where nobody knows how long it takes. */
  progress: { doneMs: number; totalMs: number } | null;
  /** What it does, in words; empty where the phase and the time say it. */
  text: string;
  questions: readonly AskedQuestion[];
}

const NO_CHARTS: ChartSet = { timesMs: [], marks: [], charts: [] };
/** Where the script says how it stands with the server; its text is never replaced. */
const LINK = markup`<p id="link" role="status" hidden></p>`;

/** @param soFar null before there is anything to show */
export async function runningHtml(now: RunningNow, soFar: SoakReport | null): Promise<string> {
  const charts = soFar === null ? NO_CHARTS : chartsOf(soFar);
  const title = soFar === null ? `${now.phase} · sse-probe soak` : pageTitle(now.phase, soFar);
  return live(title, soFar === null ? startingBody(now) : runningBody(now, soFar, charts), charts);
}

/** The report, for as long as the run's own page is open. */
export async function endedHtml(report: SoakReport): Promise<string> {
  const charts = chartsOf(report);
  const foot = markup`<p>Written by sse-probe ${report.version}, which ends when this page is closed. <code>--report html=FILE</code> keeps it.</p>`;
  return live(pageTitle(report.verdict.toUpperCase(), report), reportBody(report, charts, foot), charts);
}

async function live(title: string, body: Markup, charts: ChartSet): Promise<string> {
  return htmlDocument({ title, body: markup`${LINK}\n${body}`, charts }, await pageAssets('live-script.js'), true);
}

function startingBody(now: RunningNow): Markup {
  return markup`<header class="verdict" data-verdict="running">
<p class="program">sse-probe soak</p>
<h1><span class="sign" aria-hidden="true">…</span>${now.phase.toUpperCase()}</h1>
${courseOf(now)}
</header>
<main></main>
<footer></footer>`;
}

function runningBody(now: RunningNow, report: SoakReport, charts: ChartSet): Markup {
  return markup`${headerOf(report, { state: 'running', sign: '…', below: courseOf(now) })}
<main>
<section id="reasons"><h2>So far</h2>
<p>The verdict and its findings come when the run is over.</p>
${report.thresholds.length === 0 ? null : thresholdTable(report)}
</section>
<section id="judged"><h2>What can be judged</h2>
${questionList(now.questions)}
</section>
${figures(report, charts)}
</main>
<footer><p>sse-probe ${report.version} serves this page to this machine alone.</p></footer>`;
}

function courseOf({ phase, progress, text }: RunningNow): Markup {
  const name = `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`;
  if (progress === null) return markup`<p class="reason">${name}${text === '' ? '' : `: ${text}`}</p>`;
  const { doneMs, totalMs } = progress;
  const times = `${name}: ${wholeSeconds(doneMs)} of ${wholeSeconds(totalMs)}`;
  return markup`<p class="reason">${text === '' ? times : `${times}, ${text}`}</p>
<progress value="${Math.round(doneMs)}" max="${Math.max(Math.round(totalMs), 1)}" aria-label="${times}"></progress>`;
}

function questionList(questions: readonly AskedQuestion[]): Markup {
  const enough = questions.filter(({ hasEnough }) => hasEnough).length;
  return markup`<p>The run has measured enough for ${formatCount(enough)} of ${formatCount(questions.length)} questions.</p>
<ul class="signs asked">${questions.map(
    ({ id, hasEnough }) =>
      markup`<li data-enough="${String(hasEnough)}"><strong>${id.replaceAll('-', ' ')}</strong> <span class="by">${hasEnough ? 'enough' : 'not yet'}</span></li>\n`,
  )}</ul>`;
}

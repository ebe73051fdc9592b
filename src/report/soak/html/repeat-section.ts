/** How a run can be made again: the command, and the plan as a scenario. */
import { planYaml } from '../../../options/plan-yaml.ts';
import { htmlLines, type Markup, markup, type MarkupPart } from '../../html-text.ts';
import { repeatCommand } from '../repeat-command.ts';
import type { SoakReport } from '../soak-report.ts';

/** A scenario may hold a long list of URLs; a command too. */
const MAX_LINE = 8000;

export function repeatSection(report: SoakReport): Markup {
  return markup`<section id="repeat"><h2>Run it again</h2>
<p>The same seed gives the same plan. Values that are secret are not in a report; put them back where REDACTED stands.</p>
<pre class="command" tabindex="0"><code>${optionsOf(repeatCommand(report))}</code></pre>
<details><summary>The whole plan as a scenario (YAML)</summary><pre tabindex="0"><code>${htmlLines(planYaml(report.plan), MAX_LINE)}</code></pre></details>
</section>`;
}

/** Each in an element of its own, with the spaces of the command between them. */
function optionsOf(command: string): MarkupPart {
  const [program = '', ...options] = command.split(/ (?='?--)/);
  return [program, ...options.map((option) => markup` <span class="option">${htmlLines(option, MAX_LINE)}</span>`)];
}

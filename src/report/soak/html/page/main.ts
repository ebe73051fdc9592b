/** The script of a report in a file: it draws the charts that stand in the page as data. */
import type { ChartSet } from '../chart-model.ts';
import { ChartView } from './chart-view.ts';

const data = document.getElementById('chart-set')?.textContent ?? '';
new ChartView(document).render(JSON.parse(data) as ChartSet);

/** Vertical lines for what happened in a run, each with its label, in rows so that labels do not lie over each other. */
import type uPlot from 'uplot';
import type { ChartMark } from '../chart-model.ts';
import type { Palette } from './palette.ts';

const FONT_PX = 11;
const ROW_PX = 14;
const MOST_ROWS = 3;
const GAP_PX = 4;
const DASH = [3, 3];

export function drawMarks(plot: uPlot, marks: readonly ChartMark[], palette: Palette): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const rows = rowsOf(marks);
  const ends = Array.from<number>({ length: rows }).fill(Number.NEGATIVE_INFINITY);
  ctx.save();
  ctx.strokeStyle = palette.muted;
  ctx.fillStyle = palette.text;
  ctx.lineWidth = ratio;
  ctx.font = `${FONT_PX * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  for (const { tMs, label } of marks) {
    const x = Math.round(plot.valToPos(tMs / 1000, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash(DASH.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - rows * ROW_PX * ratio);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width;
    // At the right edge the label stands before its line.
    const left = x + GAP_PX * ratio + width > bbox.left + bbox.width ? x - GAP_PX * ratio - width : x + GAP_PX * ratio;
    const row = ends.findIndex((end) => left > end + GAP_PX * ratio);
    // Where there is no room the line stays, and its label stands in the text above the charts.
    if (row === -1) continue;
    ends[row] = left + width;
    ctx.fillText(label, left, bbox.top - (rows - row) * ROW_PX * ratio);
  }
  ctx.restore();
}

function rowsOf(marks: readonly ChartMark[]): number {
  return Math.min(marks.length, MOST_ROWS);
}

/** Room above the chart for the labels. */
export function marksHeight(marks: readonly ChartMark[]): number {
  return rowsOf(marks) * ROW_PX + 6;
}

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
  const top = bbox.top - rowsOf(marks) * ROW_PX * ratio;
  const right = bbox.left + bbox.width;
  const placed = marks
    .map(({ tMs, label }) => ({ label, x: Math.round(plot.valToPos(tMs / 1000, 'x', true)) }))
    .filter(({ x }) => x >= bbox.left && x <= right);
  ctx.save();
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = ratio;
  ctx.setLineDash(DASH.map((length) => length * ratio));
  for (const { x } of placed) {
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.font = `${FONT_PX * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  const gap = GAP_PX * ratio;
  const ends = Array.from<number>({ length: rowsOf(marks) }).fill(Number.NEGATIVE_INFINITY);
  for (const { label, x } of placed) {
    const width = ctx.measureText(label).width;
    // At the right edge the label stands before its line.
    const left = x + gap + width > right ? x - gap - width : x + gap;
    const row = ends.findIndex((end) => left > end + gap);
    // Where there is no room the line stays, and its label stands in the text above the charts.
    if (row === -1) continue;
    ends[row] = left + width;
    const y = top + row * ROW_PX * ratio;
    ctx.fillStyle = palette.back;
    ctx.fillRect(left - ratio, y, width + 2 * ratio, (ROW_PX - 1) * ratio);
    ctx.fillStyle = palette.text;
    ctx.fillText(label, left, y);
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

/** `uplot.js` is uPlot's own ES module, under a name of ours beside this page's scripts. */
import uPlot from 'uplot';

// oxlint-disable-next-line import/no-default-export -- uPlot's module exports nothing else
export default uPlot;

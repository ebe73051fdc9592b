/**
 * The paths of the dashboard, all of them: what is not in this list does not exist, and no path of a request
 * ever becomes a path on the disk.
 */
const PAGE_PATH = '/';
export const EVENTS_PATH = '/dashboard/events';

/** One file: where it lies and what it is. */
export interface AssetSource {
  /** Where the file lies: beside this module under `page/`, or in a package. */
  from: { page: string } | { package: string };
  contentType: string;
}

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const MODULES = [
  'main',
  'feed',
  'history',
  'charts',
  'chart',
  'palette',
  'client-table',
  'client-order',
  'client-filter',
  'copy-line',
  'curl-line',
  'event-list',
  'fault-banner',
  'health',
  'status',
  'format',
  'elements',
] as const;

export const ASSETS: ReadonlyMap<string, AssetSource> = new Map<string, AssetSource>([
  [PAGE_PATH, { from: { page: 'index.html' }, contentType: HTML }],
  ['/dashboard/style.css', { from: { page: 'style.css' }, contentType: CSS }],
  ['/dashboard/uplot.css', { from: { package: 'uplot/dist/uPlot.min.css' }, contentType: CSS }],
  ['/dashboard/uplot.js', { from: { package: 'uplot/dist/uPlot.esm.js' }, contentType: SCRIPT }],
  ...MODULES.map((name): [string, AssetSource] => [
    `/dashboard/${name}.js`,
    { from: { page: `${name}.js` }, contentType: SCRIPT },
  ]),
]);

export const DASHBOARD_PATHS: readonly string[] = [...ASSETS.keys(), EVENTS_PATH];

import { compareOptions } from './compare-options.ts';
import { initOptions } from './init-options.ts';
import { listenOptions } from './listen-options.ts';
import { probeOptions } from './probe-options.ts';
import { serveOptions } from './serve-options.ts';
import { soakOptions } from './soak-options.ts';
import { workerOptions } from './worker-options.ts';

/**
 * THE option tables: one row says a flag, its YAML key, its type, default, bounds and help. A new option is a
 * new row; a new command is a new table here.
 */
export const OPTION_TABLES = {
  serve: serveOptions,
  soak: soakOptions,
  probe: probeOptions,
  listen: listenOptions,
  init: initOptions,
  compare: compareOptions,
  worker: workerOptions,
} as const;

export { soakOptions };
export type { OptionTable } from './option.ts';
export { jsonSchemaOf } from './option.ts';

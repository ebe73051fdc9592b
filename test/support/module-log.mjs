/** For `node --import`: says on stderr which files are loaded as modules. */
import { register } from 'node:module';

// Hooks run in a thread of their own, where only the raw way to stderr is in order.
const hooks = 'export async function load(url, context, next) { process._rawDebug(`loaded ${url}`); return next(url, context); }';
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

/** `npm run bench -- [clients|hub|start|sweep] [options]`: which of them is measured. Each prints and judges nothing. */
import { benchClients, CLIENTS_USAGE } from './clients.mjs';
import { benchHub, HUB_USAGE } from './hub.mjs';
import { benchStart, START_USAGE } from './start.mjs';
import { benchSweep, SWEEP_USAGE } from './sweep.mjs';

const SUBJECTS = {
  clients: { bench: benchClients, usage: CLIENTS_USAGE },
  hub: { bench: benchHub, usage: HUB_USAGE },
  start: { bench: benchStart, usage: START_USAGE },
  sweep: { bench: benchSweep, usage: SWEEP_USAGE },
};

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => abort.abort());
const [asked, ...rest] = process.argv.slice(2);
const [name, args] = asked === undefined || asked.startsWith('-') ? ['clients', process.argv.slice(2)] : [asked, rest];
try {
  if (!Object.hasOwn(SUBJECTS, name))
    throw new Error(`there is no "${name}", only ${Object.keys(SUBJECTS).join(', ')}`);
  const { bench, usage } = SUBJECTS[name];
  if (args.includes('--help')) console.log(usage);
  else await bench(args, abort.signal);
} catch (error) {
  console.error(abort.signal.aborted ? 'interrupted' : `bench: ${error.message}`);
  process.exitCode = abort.signal.aborted ? 130 : 1;
}

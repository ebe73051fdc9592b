/**
 * The seed of every property test: the same in each run, so that a run fails for a change and not by chance.
 * `npm run test:random` draws others; `FC_SEED=NUMBER npm test` repeats one.
 */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_260_101) });

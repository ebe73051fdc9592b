/** The number of the server's process, or that none is to be looked at: the value of `--server-pid`. */
import { int } from './quantities.ts';
import { type Kind, scalar } from './value-kind.ts';

/** Above the largest number that Linux gives (PID_MAX_LIMIT) is none. */
const number = int(1, 4_194_304);

export const serverPid: Kind<number | 'none'> = scalar({
  placeholder: 'number',
  bare: true,
  ...(number.range === null ? {} : { range: number.range }),
  schema: { anyOf: [{ const: 'none' }, number.schema] },
  parse: (given) => (given === 'none' ? 'none' : number.read(given)),
});

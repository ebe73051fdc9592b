/** What both subjects of the benchmark are asked alike. */

const MAX_SECONDS = 600;
const MAX_ROUNDS = 20;

/** For parseArgs. */
export const LOAD_FLAGS = {
  clients: { type: 'string' },
  seconds: { type: 'string' },
  rounds: { type: 'string' },
  only: { type: 'string' },
  quick: { type: 'boolean', default: false },
  'cpu-prof': { type: 'string' },
};

/** @param defaults the `loads`, `seconds` and `rounds` of who asks for none, texts */
export function readRun(values, defaults, subjects) {
  return {
    loads: readLoads(values.clients ?? defaults.loads),
    seconds: readSeconds(values, defaults.seconds),
    rounds: wholeNumber('--rounds', values.rounds ?? defaults.rounds, MAX_ROUNDS),
    only: readOnly(values.only, subjects),
    profileInto: values['cpu-prof'] ?? null,
  };
}

export function readSeconds(values, byDefault) {
  return wholeNumber('--seconds', values.seconds ?? byDefault, MAX_SECONDS);
}

/** @param text `1000,5000@2`: loads as clients, or clients@events-per-second */
export function readLoads(text) {
  return text.split(',').map((load) => {
    const [clients, rate = '1'] = load.split('@');
    return { clients: wholeNumber('--clients', clients, 1_000_000), rate: wholeNumber('--clients', rate, 100_000) };
  });
}

export function wholeNumber(flag, text, most) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${flag}: "${text}" is not a whole number from 1 to ${most} (see --help)`);
}

/** @param text `a,b`: some of the subjects; undefined: all */
function readOnly(text, subjects) {
  const only = text?.split(',') ?? Object.keys(subjects);
  const unknown = only.find((name) => !Object.hasOwn(subjects, name));
  if (unknown !== undefined)
    throw new Error(`--only: there is no "${unknown}", only ${Object.keys(subjects).join(', ')}`);
  return only;
}

// Loaded before a program: on SIGUSR2 its wall clock goes an hour forward, on the next one two hours back, as after
// somebody set the time. Nobody can do that to a real machine in a test.
const RealDate = Date;
const HOUR_MS = 3_600_000;
let stepMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + stepMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + stepMs;
  }
};
process.on('SIGUSR2', () => {
  stepMs = stepMs === HOUR_MS ? -HOUR_MS : HOUR_MS;
  process.stderr.write(`it is ${Date.now()}\n`);
});

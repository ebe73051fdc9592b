/** What the benchmark says about itself: on which machine it runs, and where it is. */
import { cpus, release, totalmem } from 'node:os';

export function sayMachine() {
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${release()}, Node ${process.version}`,
  );
}

/** One line on stderr that the next one replaces; an empty one takes it away. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

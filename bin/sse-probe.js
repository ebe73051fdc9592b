#!/usr/bin/env node
import { createRequire } from 'node:module';

// By require(): an import of CommonJS reads the file once more for its names, and one of node:fs loads half of Node.
const require = createRequire(import.meta.url);

try {
  require.resolve('../dist/cli/main.cjs');
} catch {
  process.stderr.write(
    `sse-probe: ${require('node:path').dirname(import.meta.dirname)} is a clone that has not been built: run "npm ci" there once.\nnpm 12 does not do that for "npm install -g", since it runs no scripts of what it installs globally.\n`,
  );
  // For soak "inconclusive" and for probe "unknown": it says nothing of a stream.
  process.exit(3);
}
await require('../dist/cli/main.cjs').main(process.argv.slice(2));

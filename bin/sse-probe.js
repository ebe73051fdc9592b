#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli/main.cjs', import.meta.url));

if (existsSync(program)) {
  // By require(): an import of CommonJS reads the whole file once more, for the names that it exports.
  await createRequire(import.meta.url)(program).main(process.argv.slice(2));
} else {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(
    `sse-probe: ${folder} is a clone that has not been built: run "npm ci" there once.\nnpm 12 does not do that for "npm install -g", since it runs no scripts of what it installs globally.\n`,
  );
  // For soak "inconclusive" and for probe "unknown": it says nothing of a stream.
  process.exitCode = 3;
}

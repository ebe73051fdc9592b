/**
 * `npm run build`: the program, the scripts of its web page (compiled for browsers), and the files of that page that
 * are not compiled. With a folder as argument it goes there instead of into dist.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');
const PAGE = join('server', 'dashboard', 'page');
const PAGE_FILES = ['index.html', 'style.css'];

rmSync(out, { recursive: true, force: true });
// The page first: the types that it shares with the server are then compiled once more, for the server.
for (const project of ['tsconfig.page.json', 'tsconfig.build.json']) {
  try {
    execFileSync(process.execPath, [tsc, '-p', join(root, project), '--noEmit', 'false', '--outDir', out], {
      stdio: 'inherit',
    });
  } catch (error) {
    // The compiler has said what is wrong.
    process.exit(error.status ?? 1);
  }
}
for (const file of PAGE_FILES) cpSync(join(root, 'src', PAGE, file), join(out, PAGE, file));

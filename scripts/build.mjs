/**
 * `npm run build`: the library, file by file and with its types; the scripts of the web page (compiled for browsers) and
 * the files of that page that are not compiled; and the program, bundled. With a folder as argument it goes there instead
 * of into dist.
 *
 * The program is a few CommonJS files: Node opens each of them when its turn comes, where it opens all files of ES
 * modules at once, which a process with few descriptors (`ulimit -n`) dies of, and it starts in half the time. Packages
 * are not bundled.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '..', 'bin', 'tsc');
const PAGE = join('server', 'dashboard', 'page');
const PAGE_FILES = ['index.html', 'style.css'];
const REPORT = join('report', 'soak', 'html');
const PROGRAMS = { main: join(src, 'cli', 'main.ts'), 'shard-process': join(src, 'soak', 'load', 'shard-process.ts') };

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

await buildReport();

const bundle = await rolldown({
  input: PROGRAMS,
  platform: 'node',
  external: /^[^./]/,
  plugins: [{ name: 'own-places', transform: withOwnPlace }],
  onLog: onlyTrouble,
});
await bundle.write({
  dir: join(out, 'cli'),
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
});
await bundle.close();

/**
 * What a report in one file and the page of a run have within them: a script with uPlot, and both of their styles. They
 * stand between tags, so that none may end one.
 */
async function buildReport() {
  const folder = join(out, REPORT);
  // Only the bundle is read.
  rmSync(join(folder, 'page'), { recursive: true, force: true });
  const script = async (entry) => {
    const page = await rolldown({ input: join(src, REPORT, 'page', entry), platform: 'browser', onLog: onlyTrouble });
    const { output } = await page.generate({ format: 'iife', minify: true });
    await page.close();
    return `/*! uPlot: ${license} */\n${output[0].code.trim()}`;
  };
  const { resolve: find } = createRequire(import.meta.url);
  const license = readFileSync(join(find('uplot'), '..', '..', 'LICENSE'), 'utf8').trim();
  const style = ['uplot/dist/uPlot.min.css', join(src, REPORT, 'page', 'style.css')].map((file) =>
    readFileSync(find(file), 'utf8').trim(),
  );
  for (const [name, text] of [
    ['page-script.js', await script('main.ts')],
    ['live-script.js', await script('live.ts')],
    ['page-style.css', style.join('\n')],
  ]) {
    if (/<\/|<!--/.test(text)) throw new Error(`${name} would end the element that it stands in`);
    writeFileSync(join(folder, name), text);
  }
}

/** A module finds the files beside it from where it would be without the bundle. */
function withOwnPlace(code, id) {
  if (!id.startsWith(src) || !code.includes('import.meta.url')) return null;
  const place = relative(dirname(PROGRAMS.main), id).replaceAll('\\', '/').replace(/\.ts$/, '.js');
  return code.replaceAll('import.meta.url', `new URL('${place}', import.meta.url).href`);
}

/** That a module is loaded both at once and later is no fault: it comes with the command that needs it first. */
function onlyTrouble(level, log, tell) {
  if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') tell(level, log);
}

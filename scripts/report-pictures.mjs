/**
 * Makes the pictures of the HTML report that stand in the README, from a run of a server with known faults: after
 * `npm run build`, with Chromium at hand (scripts/browser.mjs).
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const RUN = [
  'soak',
  '--fault=naive',
  '--clients=200',
  '--duration=30s',
  '--incident=reconnect-all@15s',
  '--threshold=latency.p99<1s',
  '--seed=42',
  '--quiet',
];
const RUN_MS = 120_000;
/** Each with where its top is, as the place of an element. */
const PICTURES = [
  { name: 'report.png', width: 1280, height: 1080, colorScheme: 'light', top: 'body' },
  { name: 'report-phone.png', width: 390, height: 844, colorScheme: 'dark', top: '#charts' },
];

const folder = mkdtempSync(join(tmpdir(), 'sse-probe-pictures-'));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const file = join(folder, 'report.html');
  await soak([...RUN, `--report=html=${file}`]);
  mkdirSync(images, { recursive: true });
  for (const { name, width, height, colorScheme, top } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    await page.goto(pathToFileURL(file).href);
    await page.locator(top).evaluate((element) => element.scrollIntoView());
    await page.screenshot({ path: join(images, name) });
    await page.close();
    process.stdout.write(`docs/images/${name}: ${Math.round(statSync(join(images, name)).size / 1024)} KiB\n`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The run fails, since its server has faults. */
async function soak(args) {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'bin', 'sse-probe.js'), ...args], { timeout: RUN_MS });
  } catch (error) {
    if (error.code !== 1) throw error;
  }
}

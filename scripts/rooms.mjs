/**
 * `npm run lint` holds every import of src/ to the order of the rooms below (CONTRIBUTING.md, "Rooms").
 *
 * A room is a folder of src/. It may import itself and every room above it in this list. `sees` narrows that to the
 * rooms named, and `packages` to the npm packages named; without them a room is free in what it loads. A new room is
 * one line. Cycles are found by the linter (`import/no-cycle`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** @type {readonly { room: string, sees?: readonly string[], packages?: readonly string[] }[]} */
const ROOMS = [
  { room: 'core', packages: [] },
  { room: 'machine', packages: [] },
  { room: 'sse', sees: ['core'], packages: [] },
  // The server shares no code with what tests it but the encoder; a program that imports the hub loads no package.
  { room: 'hub', sees: ['core', 'machine', 'sse'], packages: [] },
  { room: 'redis', sees: ['core'], packages: ['ioredis'] },
  { room: 'backplane', sees: ['core', 'hub', 'redis'], packages: ['ioredis'] },
  { room: 'server', sees: ['core', 'machine', 'sse', 'hub'] },
  { room: 'wire', sees: ['core'] },
  { room: 'findings', sees: ['core', 'sse'], packages: [] },
  { room: 'reach', sees: ['core', 'wire'] },
  { room: 'client', sees: ['core', 'sse', 'wire', 'reach'], packages: [] },
  { room: 'memory', sees: ['core'], packages: [] },
  { room: 'measure', sees: ['core', 'findings', 'memory'] },
  { room: 'accounts', sees: ['core', 'findings', 'client', 'measure'], packages: [] },
  { room: 'protocols', sees: ['core', 'sse', 'wire', 'findings', 'reach', 'client', 'measure'], packages: [] },
  { room: 'record', sees: ['core', 'findings', 'memory', 'measure', 'accounts', 'protocols'], packages: [] },
  { room: 'options', sees: ['core', 'findings', 'protocols'] },
  {
    room: 'soak',
    sees: [
      'core',
      'machine',
      'sse',
      'wire',
      'findings',
      'options',
      'reach',
      'client',
      'memory',
      'measure',
      'accounts',
      'protocols',
      'record',
    ],
  },
  {
    room: 'workers',
    sees: [
      'core',
      'machine',
      'redis',
      'wire',
      'findings',
      'options',
      'reach',
      'client',
      'memory',
      'measure',
      'accounts',
      'protocols',
      'record',
      'soak',
    ],
  },
  {
    room: 'probe',
    sees: ['core', 'sse', 'wire', 'findings', 'options', 'reach', 'client', 'measure', 'accounts', 'protocols'],
  },
  { room: 'verdict' },
  { room: 'compare', sees: ['core', 'options', 'verdict'], packages: [] },
  { room: 'report' },
  { room: 'library' },
  { room: 'cli' },
];

const src = fileURLToPath(new URL('../src', import.meta.url));

/** Every import of a file, static or not, of values or types. */
const IMPORTS = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** @returns {string[]} one sentence for each import that the list forbids */
export function forbiddenImports(rooms = ROOMS, folder = src) {
  const order = rooms.map(({ room }) => room);
  const found = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || !file.includes(sep)) continue;
    const room = file.split(sep)[0];
    const rule = rooms.find((candidate) => candidate.room === room);
    if (rule === undefined) {
      found.push(`src/${file}: the room ${room}/ has no line in scripts/rooms.mjs`);
      continue;
    }
    for (const [, imported] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORTS)) {
      if (imported.startsWith('node:')) continue;
      if (!imported.startsWith('.')) {
        const name = imported
          .split('/')
          .slice(0, imported.startsWith('@') ? 2 : 1)
          .join('/');
        if (rule.packages?.includes(name) === false)
          found.push(`src/${file}: ${room}/ may not load the package ${name}`);
        continue;
      }
      const target = relative(folder, join(folder, dirname(file), imported)).split(sep)[0];
      if (target === room) continue;
      const isAbove = order.indexOf(target) < order.indexOf(room);
      if (!isAbove || rule.sees?.includes(target) === false) {
        found.push(`src/${file}: ${room}/ may not import ${target}/ (${imported})`);
      }
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = forbiddenImports();
  for (const sentence of found) process.stderr.write(`${sentence}\n`);
  if (found.length > 0) process.exitCode = 1;
}

/** The unit of deploy/systemd: systemd takes it, and it says what a worker needs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settingsOf } from './unit-file.ts';

const NAME = 'sse-probe-worker@.service';
const PROGRAM = '/usr/local/bin/sse-probe';
const CAPACITY = 18_000;
const OTHER_DESCRIPTORS = 64;
const unit = readFileSync(new URL(`../../deploy/systemd/${NAME}`, import.meta.url), 'utf8');
const settings = settingsOf(unit);
const valueOf = (name: string): string | undefined => settings.find((setting) => setting.name === name)?.value;

const { error } = spawnSync('systemd-analyze', ['--version']);
const skipped = error === undefined ? '' : ` (skipped: systemd-analyze: ${error.message})`;

/** What systemd-analyze says of an instance of the unit. The program need not be installed here. */
function verify(text: string): { code: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-unit-'));
  try {
    const file = join(folder, NAME.replace('@', '@1'));
    writeFileSync(file, text.replaceAll(PROGRAM, process.execPath));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { code: status, said: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.runIf(error === undefined)(`systemd takes the unit of a worker without a complaint${skipped}`, () => {
  expect(verify(unit)).toEqual({ code: 0, said: '' });
});

it.runIf(error === undefined)(`systemd complains about a setting that does not exist${skipped}`, () => {
  expect(verify(unit.replace('LimitNOFILE', 'LimitNOFILES')).said).toMatch(/LimitNOFILES/);
});

it.each(['ExecStart', '[Service', ' Type=exec', 'Type=exec\nno setting'])(
  'a unit with the line "%s" is refused',
  (line) => {
    expect(() => settingsOf(`[Service]\n${line}\n`)).toThrow(/is no section, setting or comment/);
  },
);

it('the unit of a worker has each setting once', () => {
  const names = settings.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(new Set(settings.map(({ section }) => section))).toEqual(new Set(['Unit', 'Service', 'Install']));
});

it('the unit of a worker allows a descriptor for each client of its capacity', () => {
  expect(valueOf('ExecStart')).toContain(`--capacity ${CAPACITY}`);
  expect(Number(valueOf('LimitNOFILE'))).toBeGreaterThan(CAPACITY + OTHER_DESCRIPTORS);
});

it('the unit of a worker holds no secret: they are in a file, and not on the command line', () => {
  expect(valueOf('EnvironmentFile')).toBe('/etc/sse-probe/worker.env');
  expect(valueOf('ExecStart')).not.toMatch(/--redis /);
  expect(settings.filter(({ name }) => name === 'Environment')).toEqual([]);
});

it('the unit of a worker restarts it after a crash, and not after wrong usage', () => {
  expect([valueOf('Restart'), valueOf('RestartPreventExitStatus')]).toEqual(['on-failure', '2']);
});

import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadedLibrary, processName, programName } from '../../src/machine/process-program.ts';
import { type ProcessStat, processStat } from '../../src/machine/process-tree.ts';

const PROGRAM = basename(realpathSync(process.execPath));
/** A number that no process has. */
const NOBODY = 4_194_304;

describe.runIf(process.platform === 'linux')('the program of a process', () => {
  const own = { ...(processStat(process.pid) as ProcessStat), name: 'MainThread' };

  it('the program of a process is its executable, or the name that it gives itself where that is not shown', () => {
    expect(programName(own)).toBe(PROGRAM);
    expect(programName({ ...own, pid: NOBODY })).toBe('MainThread');
  });

  it('the program of a process names it where its own name says nothing', () => {
    expect(processName(own)).toBe(PROGRAM);
    expect(processName({ ...own, name: 'my server' })).toBe('my server');
  });

  it('the program of a process has the files that it has loaded', async () => {
    expect(await loadedLibrary(process.pid, ['libjvm.so', PROGRAM])).toBe(PROGRAM);
    expect(await loadedLibrary(process.pid, ['libjvm.so'])).toBeNull();
    expect(await loadedLibrary(NOBODY, [PROGRAM])).toBeNull();
  });
});

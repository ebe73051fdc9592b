import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';

/** Scenario files in a folder of their own, removed after the test file that calls this where it is loaded. */
export function scenarioFiles(): { folder: string; scenarioFile(content: string | Uint8Array): string } {
  const folder = mkdtempSync(join(tmpdir(), 'sse-probe-scenario-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return {
    folder,
    scenarioFile(content) {
      const file = join(folder, `${++count}.yaml`);
      writeFileSync(file, content);
      return file;
    },
  };
}

/**
 * What a user would read: the message of the UsageError, with the file's name as FILE; null when nothing is refused.
 */
export function complaintOrNull(action: () => unknown, file = ''): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return file === '' ? error.message : error.message.replaceAll(file, 'FILE');
  }
}

/** The same where something must be refused. */
export function complaintOf(action: () => unknown, file = ''): string {
  const complaint = complaintOrNull(action, file);
  if (complaint === null) throw new Error('nothing was refused');
  return complaint;
}

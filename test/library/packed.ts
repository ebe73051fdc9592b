/** A user's project: this package as npm would install it, and what it needs beside it. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/program.ts';

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
/** Enough for a slow machine; only a hang takes so long. */
const TIMEOUT_MS = 120_000;

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export class PackedProject {
  /** Without symbolic links in it: modules are known by their real places. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param beside packages of this checkout that the project has too */
  static async create(beside: readonly string[] = []): Promise<PackedProject> {
    const project = new PackedProject(realpathSync(mkdtempSync(join(tmpdir(), 'sse-probe-user-'))));
    // Without scripts: packing would build into the dist that other tests run from.
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project.folder], {
      cwd: root,
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    const installed = join(project.folder, 'node_modules', 'sse-probe');
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', join(project.folder, filename), '--strip-components=1', '-C', installed]);
    for (const name of [...Object.keys(manifest.dependencies), ...beside]) {
      const link = join(project.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
    project.write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }));
    return project;
  }

  write(file: string, text: string): string {
    const path = join(this.folder, file);
    writeFileSync(path, text);
    return path;
  }

  /** Runs `node` in the project. Never throws for what it says or how it ends. */
  async node(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
    try {
      const { stdout, stderr } = await run(process.execPath, [...args], {
        cwd: this.folder,
        env: { ...process.env, ...environment },
        timeout: TIMEOUT_MS,
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const {
        code,
        stdout = '',
        stderr = String(error),
      } = error as { code?: unknown; stdout?: string; stderr?: string };
      return { code: typeof code === 'number' ? code : -1, stdout, stderr };
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

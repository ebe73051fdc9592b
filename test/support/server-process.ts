/** A server of somebody else in a process of its own, that says `listening on URL`. */
import { spawn } from 'node:child_process';

export interface ServerProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** What it says once it listens; its first group is the URL of the stream, where `url` does not tell. */
  says?: RegExp;
  url?: string;
}

const MAX_SAID = 65_536;

/** @throws when it ends before it listens, with what it said */
export function startServerProcess({
  command,
  args,
  env,
  says = /listening on (\S+)/,
  url: knownUrl,
}: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: string): void => {
      if (said.length > MAX_SAID) return;
      const match = says.exec((said += text));
      const url = match === null ? undefined : (knownUrl ?? match[1]);
      if (url === undefined || child.pid === undefined) return;
      resolve({
        url,
        pid: child.pid,
        async stop() {
          child.kill('SIGKILL');
          await ended;
        },
      });
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('error', reject);
    void ended.then(() => reject(new Error(`${command} ${args.join(' ')} ended before it listened: ${said}`)));
  });
}

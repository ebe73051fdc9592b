/** What an editor shows: TypeScript's language server, asked over its standard input as an editor asks it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../support/program.ts';

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const HEAD = /^Content-Length: (\d+)\r\n\r\n/;

export class Editor {
  private readonly server: ChildProcessWithoutNullStreams;
  private readonly waiting = new Map<number, (result: unknown) => void>();
  private heard = Buffer.alloc(0);
  private lastId = 0;

  private constructor() {
    this.server = spawn(process.execPath, [TSC, '--lsp', '--stdio']);
    this.server.stdout.on('data', (bytes: Buffer) => this.hear(bytes));
  }

  /** Opens one file of a project. */
  static async open(file: string, text: string): Promise<Editor> {
    const editor = new Editor();
    await editor.ask('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
    });
    editor.send({ method: 'initialized', params: {} });
    const textDocument = { uri: pathToFileURL(file).href, languageId: 'typescript', version: 1, text };
    editor.send({ method: 'textDocument/didOpen', params: { textDocument } });
    return editor;
  }

  /** What is shown where the pointer rests, as Markdown; empty where nothing is. */
  async hover(file: string, position: { line: number; character: number }): Promise<string> {
    const shown = (await this.ask('textDocument/hover', {
      textDocument: { uri: pathToFileURL(file).href },
      position,
    })) as { contents?: { value?: string } } | null;
    return shown?.contents?.value ?? '';
  }

  async close(): Promise<void> {
    if (this.server.exitCode !== null) return;
    // The compiler may run in a process below this one, which a signal would not reach.
    this.server.stdin.end();
    await once(this.server, 'exit');
  }

  private ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send({ id, method, params });
    });
  }

  private send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  private hear(bytes: Buffer): void {
    this.heard = Buffer.concat([this.heard, bytes]);
    for (let head = this.head(); head !== null; head = this.head()) {
      const message = JSON.parse(this.heard.toString('utf8', head.start, head.end)) as Message;
      this.heard = this.heard.subarray(head.end);
      if (message.id === undefined) continue;
      // The server asks too (for settings, mostly): it gets none.
      if (message.method !== undefined) this.send({ id: message.id, result: null });
      else this.waiting.get(message.id)?.(message.result);
    }
  }

  /** Where the next whole message stands in what was heard; null until it is there. */
  private head(): { start: number; end: number } | null {
    const [text, length] = HEAD.exec(this.heard.toString('latin1', 0, 64)) ?? [];
    if (text === undefined) return null;
    const end = text.length + Number(length);
    return end > this.heard.length ? null : { start: text.length, end };
  }
}

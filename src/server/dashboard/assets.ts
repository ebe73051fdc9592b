/** The page's files, each read when it is first asked for and kept from then on. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { answerRefusal } from '../answer.ts';
import { type AssetSource, ASSETS } from './paths.ts';

/**
 * Nothing from elsewhere, nothing inline, and no text that becomes markup: what clients and publishers send
 * is shown on this page, and with `require-trusted-types-for` a browser refuses the very attempt.
 */
const SECURITY_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

interface Asset {
  bytes: Buffer;
  etag: string;
}

export class Assets {
  readonly #kept = new Map<string, Promise<Asset>>();

  /** @param path one of `ASSETS` */
  async answer(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const source = ASSETS.get(path);
    if (source === undefined) throw new RangeError(`the dashboard has no ${path}`);
    let asset: Asset;
    try {
      asset = await this.#asset(path, source);
    } catch (error) {
      // A broken installation must not take the streams down with it.
      this.#kept.delete(path);
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      answerRefusal(res, {
        statusCode: 500,
        error: 'unreadable',
        message: `a file of the page cannot be read (${code}); the installation may be incomplete`,
      });
      return;
    }
    const headers = { ...SECURITY_HEADERS, 'Cache-Control': 'no-cache', ETag: asset.etag };
    if (req.headers['if-none-match'] === asset.etag) {
      res.writeHead(304, headers).end();
      return;
    }
    res.writeHead(200, { ...headers, 'Content-Type': source.contentType, 'Content-Length': asset.bytes.length });
    res.end(req.method === 'HEAD' ? undefined : asset.bytes);
  }

  #asset(path: string, source: AssetSource): Promise<Asset> {
    let asset = this.#kept.get(path);
    if (asset === undefined) this.#kept.set(path, (asset = load(source)));
    return asset;
  }
}

async function load({ from }: AssetSource): Promise<Asset> {
  const file =
    'page' in from
      ? new URL(`./page/${from.page}`, import.meta.url)
      : createRequire(import.meta.url).resolve(from.package);
  const bytes = await readFile(file);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

/**
 * The hub behind each way to serve HTTP in Node, as docs/hub.md shows it: every answer has fields that somebody
 * else has set before, and what fails anywhere is kept.
 */
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, serve as serveHono } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { SseHub } from '../../src/hub/hub.ts';
import { TLS } from '../server/http2-client.ts';

/** What the hub's clients carry here. */
export interface Person {
  user: string;
}

export interface Running {
  port: number;
  /** Path of the stream. */
  path: string;
  tls: boolean;
  /** The framework's own way to end. */
  close(): Promise<unknown>;
  /** What the framework complained of. */
  errors: string[];
}

export type Framework = (hub: SseHub<Person>) => Promise<Running>;

/** Set by somebody before the hub has the response. */
export const EARLIER: Readonly<Record<string, string | string[]>> = {
  'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/'],
  'Access-Control-Allow-Origin': 'https://app.example',
  Vary: 'Origin',
};

const PATH = '/events';

function userOf(url: string | undefined): Person {
  return { user: new URL(url ?? '/', 'http://x').searchParams.get('user') ?? 'nobody' };
}

async function listening(
  server: Server | ReturnType<typeof createSecureServer>,
  more: Partial<Running> = {},
): Promise<Running> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    path: PATH,
    tls: false,
    errors: [],
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
    ...more,
  };
}

function setEarlier(res: ServerResponse | Http2ServerResponse): void {
  for (const [name, value] of Object.entries(EARLIER)) res.setHeader(name, value);
}

const nodeHttp: Framework = (hub) =>
  listening(
    createHttpServer((req, res) => {
      setEarlier(res);
      hub.handle(req, res, { data: userOf(req.url) });
    }),
  );

const nodeHttps: Framework = (hub) =>
  listening(
    createHttpsServer(TLS, (req, res) => {
      setEarlier(res);
      hub.handle(req, res, { data: userOf(req.url) });
    }),
    { tls: true },
  );

export const nodeHttp2: Framework = (hub) =>
  listening(
    createSecureServer({ ...TLS, allowHTTP1: true }, (req, res) => {
      setEarlier(res);
      hub.handle(req, res, { data: userOf(req.url) });
    }),
    { tls: true },
  );

const express5: Framework = (hub) => {
  const errors: string[] = [];
  const app = express();
  app.use((_req, res, next) => {
    setEarlier(res);
    next();
  });
  const router = Router();
  router.get('/events', (req, res) => {
    hub.handle(req, res, { data: userOf(req.url) });
  });
  router.get('/twice', (req, res) => {
    hub.handle(req, res, { data: { user: 'twice' } });
    hub.handle(req, res, { data: { user: 'twice' } });
  });
  // Below a path: Express cuts req.url, the query stays.
  app.use('/api/v1', router);
  app.use((error: Error, _req: Request, _res: Response, next: NextFunction) => {
    errors.push(error.message);
    next(error);
  });
  // Express prints what its error middleware passes on, but not in its test environment.
  app.set('env', 'test');
  return listening(createHttpServer(app), { path: '/api/v1/events', errors });
};

const fastify5: Framework = async (hub) => {
  const errors: string[] = [];
  const app = fastify({
    logger: {
      level: 'warn',
      stream: {
        write: (line: string) => {
          errors.push(line);
        },
      },
    },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(EARLIER);
  });
  app.get(PATH, (request, reply) => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    hub.handle(request.raw, reply.raw, { data: userOf(request.url) });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: (app.server.address() as AddressInfo).port, path: PATH, tls: false, errors, close: () => app.close() };
};

const honoNode: Framework = async (hub) => {
  const errors: string[] = [];
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(EARLIER)) {
      for (const one of [value].flat()) context.res.headers.append(name, one);
    }
    await next();
  });
  app.get(PATH, (context) => {
    const { incoming, outgoing } = context.env;
    for (const [name, value] of context.res.headers) outgoing.appendHeader(name, value);
    hub.handle(incoming, outgoing, { data: userOf(context.req.url) });
    return RESPONSE_ALREADY_SENT;
  });
  app.onError((error, context) => {
    errors.push(error.message);
    return context.text('error', 500);
  });
  const { server, port } = await new Promise<{ server: ReturnType<typeof serveHono>; port: number }>((resolve) => {
    const made = serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false }, (info) =>
      resolve({ server: made, port: info.port }),
    );
  });
  return {
    port,
    path: PATH,
    tls: false,
    errors,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
};

export const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  'node:http': nodeHttp,
  'node:http with TLS': nodeHttps,
  'node:http2, asked by HTTP/1.1': nodeHttp2,
  'Express 5': express5,
  'Fastify 5': fastify5,
  'Hono on Node': honoNode,
};

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { SELF_SIGNED } from './self-signed.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Loopback {
  /** Ends with `/`. */
  readonly origin: string;
  /** What was asked for, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
}

/** A server on 127.0.0.1 for the time of the test; the handlers answer one request each, the last one all further ones. */
export async function serve(...handlers: Handler[]): Promise<Loopback> {
  const requests: Loopback['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url!, headers: request.headers });
    handlers[Math.min(requests.length, handlers.length) - 1]!(request, response);
  });
  return { origin: `http:${await listen(server)}`, requests };
}

/** A server whose certificate nobody trusts. */
export const serveUntrusted = async (): Promise<string> =>
  `https:${await listen(createSecureServer(SELF_SIGNED, answer(200)))}`;

/** Address without its protocol. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `//127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Serves one file as a good server does: ranges, `If-Range`, 416. */
export function whole(content: Uint8Array, etag = '"1"'): Handler {
  return ({ headers }, response) => {
    const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
    const known = headers['if-range'] === undefined || headers['if-range'] === etag;
    if (from === undefined || !known) {
      response.writeHead(200, { 'content-length': content.length, etag });
      response.end(content);
    } else if (Number(from) >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    } else {
      const rest = content.subarray(Number(from));
      const range = `bytes ${from}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-length': rest.length, 'content-range': range, etag });
      response.end(rest);
    }
  };
}

/** Promises the rest of the file, gives bytes up to `until` and ends the connection. */
export function broken(content: Uint8Array, until: number, etag: string | undefined = '"1"'): Handler {
  return ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
      ...(etag === undefined ? {} : { etag }),
    });
    response.write(content.subarray(from, Math.max(from, until)), () => response.socket!.end());
  };
}

/** As `broken`, but the connection stays open and silent. */
export function silent(content: Uint8Array, until: number): Handler {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' });
    response.write(content.subarray(0, until));
  };
}

export const answer =
  (status: number, headers: Record<string, string> = {}, body: string | Uint8Array = ''): Handler =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };

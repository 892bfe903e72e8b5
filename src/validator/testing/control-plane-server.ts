/** A control plane for tests: a real server that speaks the exchange, and misbehaves when a test says so. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../dev/ports.ts';
import { type Authority, createAuthority } from '../../issuers/testing/certificates.ts';
import { parseRefresh, serializeEnvelope, serializeRefreshed } from '../../policy/envelope.ts';
import {
  POLICY_PATH,
  parseEntityTag,
  parseRejection,
  REFRESH_PATH,
  type Rejection,
} from '../../policy/exchange.ts';
import type { Policy } from '../../policy/policy.ts';
import { fieldsOf } from './policies.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface AskedOf {
  readonly url: string;
  readonly token: string | undefined;
  readonly version: string | undefined;
  readonly rejected: Rejection | undefined;
  /** What is said of the gateway, in its own words. */
  readonly tellsRoutes: string | undefined;
}

export interface ServerOptions {
  /** Over plain HTTP, without certificates. */
  readonly plain?: boolean;
  readonly authority?: Authority;
  /** In the certificate. */
  readonly names?: readonly string[];
  readonly port?: number;
}

/** Files as the injected pod has them, in a folder of their own. */
export function podFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-pod-'));
  const [tokenFile, caFile, stateFolder] = ['token', 'ca.crt', 'state'].map((name) => join(folder, name));
  if (tokenFile === undefined || caFile === undefined || stateFolder === undefined)
    throw new Error('no files');
  return {
    tokenFile,
    caFile,
    stateFolder,
    environment: {
      PORTCULLIS_TOKEN_FILE: tokenFile,
      PORTCULLIS_CA_FILE: caFile,
      PORTCULLIS_STATE_DIR: stateFolder,
    },
    writeToken: (token: string) => writeFileSync(tokenFile, `${token}\n`),
    writeAuthorities: (...authorities: readonly Authority[]) =>
      writeFileSync(caFile, authorities.map(({ certificate }) => certificate).join('\n')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function startControlPlane(options: ServerOptions = {}) {
  const authority = options.authority ?? (await createAuthority('test'));
  const asked: AskedOf[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let connections = 0;
  let current:
    | { policy: Policy; secrets: ReadonlyMap<string, Uint8Array>; keysChecked: Record<string, number> }
    | undefined;
  let handler: Handler | undefined;
  let token = 'token';
  let onRefresh = (_uid: string): void => {};
  let wake = () => {};

  const poll: Handler = (request, response) => {
    const version = parseEntityTag(request.headers['if-none-match']);
    const rejected = parseRejection(field(request, 'portcullis-rejected'));
    const answer = (): void => {
      if (current === undefined) return void response.writeHead(503, { 'retry-after': '1' }).end();
      const { policy, secrets, keysChecked } = current;
      if (policy.version === version || policy.version === rejected?.version) return void waiting.add(answer);
      waiting.delete(answer);
      response.writeHead(200, fieldsOf(policy, keysChecked)).end(serializeEnvelope(policy, secrets));
    };
    response.on('close', () => waiting.delete(answer));
    answer();
  };

  const refresh: Handler = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      onRefresh(parseRefresh(body) ?? '');
      response.writeHead(200).end(serializeRefreshed(current?.policy.version ?? ''));
    });
  };

  const onRequest: Handler = (request, response) => {
    const { authorization, 'if-none-match': tag } = request.headers;
    const shown = /^Bearer (.*)$/.exec(authorization ?? '')?.[1];
    asked.push({
      url: request.url ?? '',
      token: shown,
      version: parseEntityTag(tag),
      rejected: parseRejection(field(request, 'portcullis-rejected')),
      tellsRoutes: field(request, 'portcullis-tells-routes'),
    });
    wake();
    if (handler !== undefined) return handler(request, response);
    if (shown !== token) return void response.writeHead(401).end();
    const path = request.url?.split('?', 1)[0];
    if (path === POLICY_PATH) poll(request, response);
    else if (path === REFRESH_PATH && request.method === 'POST') refresh(request, response);
    else response.writeHead(404).end();
  };

  const names = options.names ?? ['127.0.0.1'];
  const create = async (): Promise<Server> =>
    options.plain ? createHttpServer(onRequest) : createServer(await authority.issue(names), onRequest);

  const listen = async (port: number): Promise<Server> => {
    const server = await create();
    server.on('connection', (socket: Socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('tlsClientError', () => {});
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  // Not any: while it is stopped, its port must not become another's.
  const port = options.port ?? (await freePort(0));
  let server = await listen(port);

  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  return {
    authority,
    asked,
    port,
    stop,
    url: new URL(`${options.plain ? 'http' : 'https'}://127.0.0.1:${port}`),
    connections: () => connections,
    restart: async () => {
      server = await listen(port);
    },
    publish: (
      policy: Policy,
      keysChecked: Record<string, number> = {},
      secrets: Readonly<Record<string, Uint8Array>> = {},
    ) => {
      current = { policy, keysChecked, secrets: new Map(Object.entries(secrets)) };
      for (const answer of [...waiting]) answer();
    },
    /** All further questions are answered so; undefined = well again. */
    misbehave: (other: Handler | undefined) => {
      handler = other;
    },
    acceptToken: (other: string) => {
      token = other;
    },
    onRefresh: (call: (uid: string) => void) => {
      onRefresh = call;
    },
    /** Waits until a question is like that. */
    askedFor: async (isIt: (asked: AskedOf) => boolean): Promise<AskedOf> => {
      for (;;) {
        const found = asked.find(isIt);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function field({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Pages for people, probes and scrapers: the admin address, and the address that probes use. */

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Policy } from '../policy/policy.ts';

export interface AdminParts {
  /** The policy in force; it holds no secrets. */
  readonly policy: () => Policy | undefined;
  /** Undefined = ready to serve; else why not. */
  readonly unready: () => string | undefined;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

const TEXT = 'text/plain; charset=utf-8';
/** Milliseconds. */
const REQUEST_TIMEOUT = 10_000;

const text = (status: number, line: string): Page => ({ status, type: TEXT, body: `${line}\n` });

/** `/healthz`, `/readyz`, `/metrics` and `/policy`. Does not listen yet. */
export function createAdminServer(parts: AdminParts): Server {
  const { healthz, readyz, metrics } = commonPages(parts);
  return pageServer({
    '/healthz': healthz,
    '/readyz': readyz,
    '/metrics': metrics,
    '/policy': () => policyPage(parts),
  });
}

/** `/healthz`, `/readyz`, `/startupz` and `/metrics`: nothing that the outside should not see. */
export function createProbeServer(parts: AdminParts): Server {
  const { healthz, readyz, metrics } = commonPages(parts);
  return pageServer({ '/healthz': healthz, '/readyz': readyz, '/startupz': healthz, '/metrics': metrics });
}

function commonPages({ unready, metrics }: AdminParts) {
  return {
    healthz: () => text(200, 'ok'),
    readyz: () => {
      const problem = unready();
      return problem === undefined ? text(200, 'ok') : text(503, problem);
    },
    metrics: async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  };
}

function policyPage({ policy }: AdminParts): Page {
  const current = policy();
  return current === undefined
    ? text(404, 'no policy has been received yet')
    : { status: 200, type: 'application/json', body: `${JSON.stringify(current, null, 2)}\n` };
}

function pageServer(pages: Pages): Server {
  const table = new Map(Object.entries(pages));
  return createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      const [path = ''] = (request.url ?? '').split('?', 1);
      const page = table.get(path);
      if (page === undefined)
        return send(response, text(404, `no such page; there are ${[...table.keys()].join(' ')}`));
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        return send(response, text(405, 'only GET and HEAD'));
      }
      Promise.resolve()
        .then(page)
        .catch(() => text(500, 'this page cannot be made'))
        .then((made) => send(response, made))
        .catch(() => response.destroy());
    },
  );
}

function send(response: ServerResponse, { status, type, body }: Page): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** A small server of pages: for people, probes and scrapers. */

import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';

export interface HealthParts {
  /** Undefined = ready to serve; else why not. */
  readonly unready: () => string | undefined;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
}

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export type Pages = Readonly<Record<string, (headers: IncomingHttpHeaders) => Page | Promise<Page>>>;

const TEXT = 'text/plain; charset=utf-8';
/** Milliseconds. */
const REQUEST_TIMEOUT = 10_000;

export const textPage = (status: number, line: string): Page => ({ status, type: TEXT, body: `${line}\n` });

/** `/healthz`, `/readyz` and `/metrics`, for `pageServer`. */
export function healthPages({ unready, metrics }: HealthParts) {
  return {
    healthz: () => textPage(200, 'ok'),
    readyz: () => {
      const problem = unready();
      return problem === undefined ? textPage(200, 'ok') : textPage(503, problem);
    },
    metrics: async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  };
}

export function pageServer(pages: Pages): Server {
  const table = new Map(Object.entries(pages));
  return createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      const [path = ''] = (request.url ?? '').split('?', 1);
      const page = table.get(path);
      if (page === undefined)
        return send(response, textPage(404, `no such page; there are ${[...table.keys()].join(' ')}`));
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        return send(response, textPage(405, 'only GET and HEAD'));
      }
      Promise.resolve()
        .then(() => page(request.headers))
        .catch(() => textPage(500, 'this page cannot be made'))
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

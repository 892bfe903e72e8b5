/** A small server of pages: for people, probes and scrapers. */

import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';

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

/** `query` is what follows the question mark. */
type MakePage = (headers: IncomingHttpHeaders, query: string) => Page | Promise<Page>;

export type Pages = Readonly<Record<string, MakePage>>;

/** What is no page that is made and sent as a whole. */
export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Must answer, and must not throw. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, query: string) => void;
}

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

export const pageServer = (pages: Pages): Server => serverOf(pageListener(pages));

export const serverOf = (listener: RequestListener): Server =>
  createServer({ requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT }, listener);

/** Answers by the page, or the endpoint, that has the request's path. */
export function pageListener(
  pages: Pages,
  endpoints: Readonly<Record<string, Endpoint>> = {},
): RequestListener {
  const table = new Map<string, Endpoint | MakePage>([
    ...Object.entries(pages),
    ...Object.entries(endpoints),
  ]);
  return (request, response) => {
    const [path = '', query = ''] = splitTarget(request.url ?? '');
    const found = table.get(path);
    if (found === undefined) {
      sendPage(response, textPage(404, `no such page; there are ${[...table.keys()].join(' ')}`));
    } else if (typeof found === 'function') {
      if (isAllowed(request, response, ['GET', 'HEAD']))
        sendMade(response, () => found(request.headers, query));
    } else if (isAllowed(request, response, [found.method])) {
      found.answer(request, response, query);
    }
  };
}

function splitTarget(target: string): readonly [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Answers 405 where it is not. */
function isAllowed({ method = '' }: IncomingMessage, response: ServerResponse, methods: readonly string[]) {
  if (methods.includes(method)) return true;
  response.setHeader('allow', methods.join(', '));
  sendPage(response, textPage(405, `only ${methods.join(' and ')}`));
  return false;
}

function sendMade(response: ServerResponse, make: () => Page | Promise<Page>): void {
  Promise.resolve()
    .then(make)
    .catch(() => textPage(500, 'this page cannot be made'))
    .then((made) => sendPage(response, made))
    .catch(() => response.destroy());
}

export function sendPage(response: ServerResponse, { status, type, body }: Page): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

/**
 * The page, or the word that the asker has it already (RFC 9110, section 13.1.2).
 *
 * @param tag another one for another body.
 * @param page is made where it is sent.
 */
export function sendTagged(
  { headers }: Pick<IncomingMessage, 'headers'>,
  response: ServerResponse,
  tag: string,
  page: () => Page,
): void {
  const etag = `"${tag}"`;
  response.setHeader('etag', etag);
  if (headers['if-none-match'] === etag) response.writeHead(304, { 'cache-control': 'no-store' }).end();
  else sendPage(response, page());
}

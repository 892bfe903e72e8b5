/** One request, and its whole answer. */

import { request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { Received, Sent } from './protocol.ts';

/** Milliseconds: nothing in a cluster takes this long, but an answer that never comes. */
const LIMIT = 20_000;

/** Rejects where no whole answer came. The path goes out as it is written. */
export function send(sent: Sent): Promise<Received> {
  return sent.http2 === true ? sendHttp2(sent) : sendHttp1(sent);
}

/** The URL's parts as they are written: `new URL` would resolve dots. */
function target(url: string): { readonly origin: URL; readonly path: string } {
  const parts = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(url);
  if (parts?.[1] === undefined) throw new TypeError(`no http URL: ${url}`);
  return { origin: new URL(parts[1]), path: parts[2] ?? '/' };
}

function sendHttp1({ url, method = 'GET', headers = [], body, ca }: Sent): Promise<Received> {
  const { origin, path } = target(url);
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const lines = [
    ...(host === undefined ? [['host', origin.host] as const] : []),
    ...headers,
    ...(body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const]),
  ];
  const start = origin.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = start(
    {
      ...(ca !== undefined && { ca }),
      // As who looks up that name would ask for its certificate.
      ...(host !== undefined && { servername: host.replace(/:\d+$/, '') }),
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port,
      method,
      path,
      headers: lines.flat(),
      agent: false,
    },
    (response) => {
      const { socket } = response;
      const shown =
        socket instanceof TLSSocket ? { certificate: socket.getPeerCertificate().serialNumber } : {};
      text(response).then(
        (received) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(
              Object.entries(response.headersDistinct).map(([name, values]) => [name, values?.at(-1) ?? '']),
            ),
            body: received,
            ...shown,
          }),
        reject,
      );
    },
  );
  request.on('error', reject);
  request.setTimeout(LIMIT, () =>
    request.destroy(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })),
  );
  request.end(body);
  return promise;
}

async function sendHttp2({ url, method = 'GET', headers = [], body }: Sent): Promise<Received> {
  const { origin, path } = target(url);
  const session = connect(origin.href);
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  session.on('error', reject);
  session.setTimeout(LIMIT, () =>
    session.destroy(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })),
  );
  const stream = session.request({ ':method': method, ':path': path, ...Object.fromEntries(headers) });
  const seen: Record<string, string> = {};
  const keep = (members: object): void => {
    for (const [name, value] of Object.entries(members)) seen[name] = String(value);
  };
  stream.on('response', keep).on('trailers', keep).on('error', reject);
  stream.end(body);
  text(stream).then(
    (received) => resolve({ status: Number(seen[':status'] ?? 0), headers: seen, body: received }),
    reject,
  );
  return promise.finally(() => session.destroy());
}

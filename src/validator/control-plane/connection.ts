/** Questions over HTTP: one connection that is kept, a token and authorities from files, no redirect, no proxy. */

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { readBytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { errorCode } from '../../base/error-code.ts';
import { answerTo } from '../../process/answer.ts';
import { followStages, type Stage } from '../../process/stages.ts';
import { explainControlPlaneFailure, explainSilence } from './failures.ts';
import {
  type ControlPlaneRequest,
  type ControlPlaneTransport,
  type Reply,
  Unreachable,
} from './transport.ts';

export interface ControlPlaneConnectionOptions {
  readonly url: URL;
  /** Holds the bearer token. */
  readonly tokenFile: string;
  /** Holds the certificates, as PEM, of the only authorities that are trusted. */
  readonly caFile: string;
  readonly clock: Pick<Clock, 'after'>;
}

/** Times of keys come in one header field: room for those of some twenty thousand sources. In bytes. */
const MAX_HEADER_SIZE = 1024 * 1024;
/** RFC 6750 section 2.1. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads the files for each question, so that a change counts from the next question on. */
export function createConnection({
  url,
  tokenFile,
  caFile,
  clock,
}: ControlPlaneConnectionOptions): ControlPlaneTransport {
  const secure = url.protocol === 'https:';
  const base = url.href.replace(/\/+$/, '');
  let kept: { readonly agent: HttpAgent; readonly ca: string | undefined } | undefined;

  const renew = (): void => {
    kept?.agent.destroy();
    kept = undefined;
  };

  /** A connection is kept only for the authorities that it was verified by. */
  const agentFor = (ca: string | undefined): HttpAgent => {
    if (kept !== undefined && kept.ca !== ca) renew();
    kept ??= {
      ca,
      agent: secure
        ? new HttpsAgent({ keepAlive: true, maxSockets: 1 })
        : new HttpAgent({ keepAlive: true, maxSockets: 1 }),
    };
    return kept.agent;
  };

  const send = async (
    { method, pathAndQuery, headers, body }: ControlPlaneRequest,
    signal: AbortSignal,
  ): Promise<Reply> => {
    const token = await readToken(tokenFile);
    const ca = secure ? await readAuthorities(caFile) : undefined;
    const options: RequestOptions = {
      method,
      signal,
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        'user-agent': 'portcullis',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
      maxHeaderSize: MAX_HEADER_SIZE,
      // A long poll never waits for another question, nor one for it.
      agent: method === 'GET' ? agentFor(ca) : false,
    };
    const where = `${base}${pathAndQuery}`;
    // Until it has a connection it waits for the end of another answer.
    let stage: Stage = 'answer';
    try {
      signal.throwIfAborted();
      // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
      const asking = secure
        ? httpsRequest(where, { ...options, ca, rejectUnauthorized: true })
        : httpRequest(where, options);
      limitConnecting(asking, url.hostname, clock, (reached) => {
        stage = reached;
      });
      return reply(await answerTo(asking, body), url.host, caFile, signal);
    } catch (error) {
      throw signal.aborted
        ? explainSilence(stage, url.host)
        : explainControlPlaneFailure(error, url.host, caFile);
    }
  };

  return { send, renew };
}

/**
 * Milliseconds in which a connection must come about. The node of a leader that has vanished does not refuse
 * connections, it is silent; a validator tries the new leader after this time. A connection needs no more than the
 * answer of the other system, so a leader that is busy with handshakes is not given up.
 */
export const CONNECT_LIMIT = 3000;

/** Ends the request where its connection does not come about. Looking up the name is the system's to bound. */
function limitConnecting(
  asking: ClientRequest,
  host: string,
  clock: Pick<Clock, 'after'>,
  onStage: (stage: Stage) => void,
): void {
  let cancel = () => {};
  followStages(asking, host, (stage) => {
    cancel();
    onStage(stage);
    if (stage !== 'connect') return;
    cancel = clock.after(CONNECT_LIMIT, () =>
      asking.destroy(Object.assign(new Error('There is no connection.'), { code: 'ETIMEDOUT' })),
    );
  });
  asking.once('close', () => cancel());
}

function reply(message: IncomingMessage, peer: string, caFile: string, signal: AbortSignal): Reply {
  // `read` reports an error of the body; errors after `drop` do not matter.
  message.on('error', () => {});
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    skip: () => void message.resume(),
    drop: () => void message.destroy(),
    read: async (maxBytes) => {
      try {
        return (await readBytes(message, maxBytes))?.toString();
      } catch (error) {
        throw signal.aborted ? explainSilence('body', peer) : explainControlPlaneFailure(error, peer, caFile);
      }
    },
  };
}

async function readToken(file: string): Promise<string> {
  const token = (await readText(file, 'token')).trim();
  if (!TOKEN.test(token)) throw new Unreachable('token content', `the file ${file} does not hold a token`);
  return token;
}

async function readAuthorities(file: string): Promise<string> {
  const pem = (await readText(file, 'CA')).match(CERTIFICATE) ?? [];
  if (pem.length === 0 || !pem.every(isCertificate)) {
    throw new Unreachable(
      'CA content',
      `the file ${file} holds ${pem.length === 0 ? 'no certificate' : 'a certificate that cannot be read'}: ` +
        'the control plane shows itself by an authority in it',
    );
  }
  return pem.join('\n');
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    throw new Unreachable(
      `${what} ${code}`,
      `the ${what} file ${file} cannot be read (${code}); it is tried again, and the control plane is not asked before`,
    );
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/**
 * Many validators in one process, as the control plane sees them: each asks over a TLS connection of its own, takes
 * what it is sent, and asks again at once, which acknowledges it. They judge no policy, so that the load stays small
 * beside the server that is measured.
 */

import { connect, type TLSSocket } from 'node:tls';
import {
  FORMAT_FIELD,
  formatEntityTag,
  GATEWAY_PARAMETER,
  POLICY_PATH,
  parseEntityTag,
} from '../../src/policy/exchange.ts';
import { POLICY_FORMAT } from '../../src/policy/policy.ts';

export interface ValidatorsOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly authority: string;
  /** In the server's certificate; undefined = the host. */
  readonly serverName?: string;
  /** One validator for each. */
  readonly tokens: readonly string[];
  readonly gateway?: string;
}

export interface Validators {
  /** Resolves when all have acknowledged that version; when each did, by performance.now(). */
  acknowledged(version: string): Promise<readonly number[]>;
  /** Resolves when all have acknowledged another version than they have now; when each did. */
  changed(): Promise<readonly number[]>;
  /** Resolves when all have acknowledged some version. */
  ready(): Promise<void>;
  /** Answers so far, by status; 0 = a connection that broke. */
  readonly answers: ReadonlyMap<number, number>;
  stop(): void;
}

/** Milliseconds before a validator comes back that was sent away, give or take as much again. */
const PAUSE = 500;

interface Validator {
  readonly token: string;
  version: string | undefined;
  /** When it asked with that version for the first time. */
  at: number;
  socket: TLSSocket | undefined;
}

export function startValidators(options: ValidatorsOptions): Validators {
  const answers = new Map<number, number>();
  const validators = options.tokens.map(
    (token): Validator => ({ token, version: undefined, at: 0, socket: undefined }),
  );
  const waiters = new Set<() => void>();
  let stopped = false;

  const count = (status: number): void => void answers.set(status, (answers.get(status) ?? 0) + 1);

  const until = async (isSo: (validator: Validator) => boolean): Promise<void> => {
    while (!validators.every(isSo)) {
      await new Promise<void>((resolve) => waiters.add(resolve));
    }
  };
  const acknowledge = (validator: Validator, version: string): void => {
    if (validator.version === version) return;
    validator.version = version;
    validator.at = performance.now();
    for (const waiter of waiters) waiter();
    waiters.clear();
  };

  const open = (validator: Validator): void => {
    if (stopped) return;
    const socket = connect({
      host: options.host,
      port: options.port,
      ca: options.authority,
      servername: options.serverName ?? (/^[\d.:]+$/.test(options.host) ? '' : options.host),
    });
    validator.socket = socket;
    const ask = () => socket.write(questionOf(validator, options));
    const read = responseReader(({ status, version }) => {
      count(status);
      if (status !== 200 && status !== 304) return void socket.destroy();
      if (version !== undefined && status === 200) acknowledge(validator, version);
      ask();
    });
    socket.setNoDelay(true);
    socket.once('secureConnect', ask);
    socket.on('data', read);
    socket.on('error', () => count(0));
    socket.once('close', () => {
      if (!stopped) setTimeout(open, PAUSE * 2 * Math.random(), validator).unref();
    });
  };
  for (const validator of validators) open(validator);

  return {
    answers,
    acknowledged: async (version) => {
      await until((validator) => validator.version === version);
      return validators.map(({ at }) => at);
    },
    changed: async () => {
      const before = new Map(validators.map((validator) => [validator, validator.version]));
      await until((validator) => validator.version !== before.get(validator));
      return validators.map(({ at }) => at);
    },
    ready: () => until(({ version }) => version !== undefined),
    stop: () => {
      stopped = true;
      for (const { socket } of validators) socket?.destroy();
    },
  };
}

function questionOf({ token, version }: Validator, { host, port, gateway }: ValidatorsOptions): string {
  const query = gateway === undefined ? '' : `?${GATEWAY_PARAMETER}=${encodeURIComponent(gateway)}`;
  return [
    `GET ${POLICY_PATH}${query} HTTP/1.1`,
    `host: ${host}:${port}`,
    `authorization: Bearer ${token}`,
    `${FORMAT_FIELD}: ${POLICY_FORMAT}`,
    'accept: application/json',
    ...(version === undefined ? [] : [`if-none-match: ${formatEntityTag(version)}`]),
    '\r\n',
  ].join('\r\n');
}

interface Response {
  readonly status: number;
  readonly version: string | undefined;
}

/** Reads heads and counts off bodies; every answer of the server has a length, or none. */
function responseReader(onResponse: (response: Response) => void): (bytes: Buffer) => void {
  let head = '';
  let rest = 0;
  let response: Response | undefined;
  return (bytes) => {
    let at = 0;
    for (;;) {
      if (response === undefined) {
        head += bytes.toString('latin1', at);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        at = bytes.length - (head.length - (end + 4));
        const fields = head.slice(0, end);
        head = '';
        rest = Number(/^content-length: (\d+)\r?$/im.exec(fields)?.[1] ?? 0);
        response = {
          status: Number(fields.slice(9, 12)),
          version: parseEntityTag(/^etag: (.*?)\r?$/im.exec(fields)?.[1]),
        };
      }
      const taken = Math.min(rest, bytes.length - at);
      at += taken;
      rest -= taken;
      if (rest > 0) return;
      const whole = response;
      response = undefined;
      onResponse(whole);
      if (at >= bytes.length) return;
    }
  };
}

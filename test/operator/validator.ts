/** A validator as the control plane sees it: holds a question open with its pod's token, and says what it has in force. */

import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { finishSteps } from '../../src/base/steps.ts';
import { parseEnvelopeInSteps } from '../../src/policy/envelope.ts';
import {
  ASKED_FIELD,
  FORMAT_FIELD,
  formatEntityTag,
  formatRejection,
  POLICY_PATH,
  REJECTED_FIELD,
  TELLS_ROUTES_FIELD,
} from '../../src/policy/exchange.ts';
import { POLICY_FORMAT, type Policy } from '../../src/policy/policy.ts';
import { readSourcePolicy } from '../../src/sources/kinds.ts';
import type { Operator, World } from './harness.ts';
import { HOME } from './rights.ts';

const parseEnvelope = (json: string) => finishSteps(parseEnvelopeInSteps(json, readSourcePolicy));

export interface Enforced {
  readonly policy: Policy;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

export interface Validator {
  /** Once what is in force is so. */
  until(what: string, isSo: (enforced: Enforced) => boolean): Promise<Enforced>;
  /** It cannot apply what it is sent from now on; undefined = it can again. */
  reject(reason: string | undefined): void;
  /** At a gateway: whether it has been asked to judge a request, and about routes; before, it says nothing of that. */
  asked(wasAsked: boolean, tellsRoutes?: boolean): void;
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** The name that the certificate is for. */
const SERVER_NAME = `portcullis-policy.${HOME}.svc`;
/** Milliseconds after an answer that is none, such as that of a server that does not know the pod yet. */
const PAUSE = 100;
/** Seconds, on a machine that may be busy. */
const LIMIT = 120;

type Cluster = Pick<World, 'kubectl'>;

/** As a kubelet projects it into this pod. */
export async function tokenOf({ kubectl }: Cluster, pod: string, audience = 'portcullis'): Promise<string> {
  const [namespace = '', name = ''] = pod.split('/');
  const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--audience=${audience}`];
  return (await kubectl('create', 'token', 'default', '-n', namespace, ...bound)).trim();
}

export const authorityOf = ({ kubectl }: Cluster): Promise<string> =>
  kubectl('get', 'configmap', 'portcullis-ca', '-n', HOME, '-o', 'jsonpath={.data.ca\\.crt}');

/** What whoever has this token is answered. */
export async function askPolicy(
  cluster: Cluster,
  { policy: port }: Pick<Operator, 'policy'>,
  token: string,
): Promise<Reply> {
  return send(port, await authorityOf(cluster), POLICY_PATH, fieldsWith(token), undefined);
}

const fieldsWith = (token: string) => ({
  authorization: `Bearer ${token}`,
  [FORMAT_FIELD]: String(POLICY_FORMAT),
});

function send(
  port: number,
  ca: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  request(
    {
      host: '127.0.0.1',
      port,
      ca,
      path,
      headers,
      servername: SERVER_NAME,
      agent: false,
      ...(signal && { signal }),
    },
    (response) =>
      void text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject),
  )
    .once('error', reject)
    .end();
  return promise;
}

/** Of this pod, and with the token that a kubelet would project into it. */
export async function startValidator(
  { kubectl }: Pick<World, 'kubectl'>,
  { policy: port }: Pick<Operator, 'policy'>,
  pod: string,
  gateway?: string,
): Promise<Validator> {
  const token = await tokenOf({ kubectl }, pod);
  const ca = await authorityOf({ kubectl });
  const stopped = new AbortController();
  const watchers = new Set<() => void>();
  let enforced: Enforced | undefined;
  let reason: string | undefined;
  let rejected: string | undefined;
  let asked: boolean | undefined;
  let tells: boolean | undefined;
  let last = 'nothing';
  let interrupt = new AbortController();

  const ask = (): Promise<Reply> => {
    interrupt = new AbortController();
    const headers = {
      ...fieldsWith(token),
      ...(asked !== undefined && { [ASKED_FIELD]: String(asked) }),
      ...(tells !== undefined && { [TELLS_ROUTES_FIELD]: String(tells) }),
      ...(enforced && { 'if-none-match': formatEntityTag(enforced.policy.version) }),
      ...(rejected !== undefined && {
        [REJECTED_FIELD]: formatRejection({ version: rejected, reason: reason ?? 'unknown' }),
      }),
    };
    const path =
      gateway === undefined ? POLICY_PATH : `${POLICY_PATH}?gateway=${encodeURIComponent(gateway)}`;
    return send(port, ca, path, headers, AbortSignal.any([stopped.signal, interrupt.signal]));
  };
  const take = (body: string): void => {
    const parsed = parseEnvelope(body);
    if (parsed.kind === 'refused') throw new Error(parsed.problem);
    if (reason !== undefined) {
      rejected = parsed.policy.version;
      return;
    }
    rejected = undefined;
    enforced = parsed;
    for (const look of [...watchers]) look();
  };
  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const answer = await ask().catch((error: unknown): Reply => ({ status: 0, body: String(error) }));
      last = `${answer.status} ${answer.body.slice(0, 200)}`;
      if (answer.status === 200) take(answer.body);
      else if (answer.status !== 304) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  const polling = poll();
  return {
    until(what, isSo) {
      const { promise, resolve, reject } = Promise.withResolvers<Enforced>();
      const look = (): void => {
        if (enforced === undefined || !isSo(enforced)) return;
        watchers.delete(look);
        clearTimeout(limit);
        resolve(enforced);
      };
      const limit = setTimeout(() => {
        watchers.delete(look);
        reject(new Error(`${pod} does not enforce ${what} within ${LIMIT} s; its last answer was ${last}`));
      }, LIMIT * 1000);
      watchers.add(look);
      look();
      return promise;
    },
    reject(why) {
      reason = why;
      if (why === undefined) rejected = undefined;
      interrupt.abort();
    },
    asked(wasAsked, tellsRoutes) {
      asked = wasAsked;
      tells = tellsRoutes;
      interrupt.abort();
    },
    async stop() {
      stopped.abort();
      await polling;
    },
  };
}

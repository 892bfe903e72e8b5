/** For tests: a term that a test ends, and a leader in it over a control plane that has been read. */

import { expect } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import { createAuthority } from '../../issuers/testing/certificates.ts';
import type { Draft, KubernetesClient } from '../../kubernetes/client.ts';
import type { Term } from '../../kubernetes/elector.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { createPolicies } from '../../planning/policies.ts';
import { createOperatorMetrics } from '../../telemetry/operator-metrics.ts';
import { IDLE_OPERATOR } from '../../telemetry/testing/idle-operator.ts';
import { type LeadingParts, startLeading } from '../leading.ts';
import { createLoop, type Loop } from '../loop.ts';
import { fakeApi } from './api.ts';
import { nothingHeld } from './loop.ts';

export interface FakeTerm extends Term {
  end(): void;
}

export function fakeTerm(): FakeTerm {
  const ending = new AbortController();
  return {
    epoch: 1,
    signal: ending.signal,
    isCurrent: () => !ending.signal.aborted,
    end: () => ending.abort(),
  };
}

/** What the log says then. */
export const SERVED = 'Served policies';

const SETTINGS: InjectionSettings = {
  version: '1.0.0',
  image: 'portcullis',
  envoyImage: 'envoy',
  controlPlane: 'https://portcullis-policy.portcullis-system.svc',
  imagePullPolicy: undefined,
  imagePullSecrets: [],
  platform: 'Kubernetes',
};

export interface LeadingWorld {
  readonly clock: FakeClock;
  readonly api: ReturnType<typeof fakeApi>;
  readonly loop: Loop;
  readonly logged: string[];
  readonly bugs: unknown[];
  /** What was written, as `plural name`. */
  readonly written: Draft[];
  /** Issuers that were asked. */
  readonly fetched: string[];
  /** Over when validators are served. */
  serving(): Promise<void>;
  /** Answers of writes to come. */
  answering(
    answer: (resource: Resource, draft: Draft) => Promise<Outcome<KubernetesObject>> | undefined,
  ): void;
  start(term: Term, options?: Partial<LeadingParts>): ReturnType<typeof startLeading>;
}

export async function leadingWorld(): Promise<LeadingWorld> {
  const certificate = await (await createAuthority('test')).issue(['localhost']);
  const clock = fakeClock(Date.now());
  const api = fakeApi();
  const logged: string[] = [];
  const bugs: unknown[] = [];
  const written: Draft[] = [];
  const fetched: string[] = [];
  let answer = (_: Resource, __: Draft): Promise<Outcome<KubernetesObject>> | undefined => undefined;
  const policies = createPolicies({ allowInsecureHttp: true });
  const loop = createLoop({ policies, clock, release: nothingHeld, onCompiled: () => {} });
  const refuse = async () => failed('Unexpected', 'no test asks for this');
  const client: KubernetesClient = {
    ...api.client,
    get: refuse,
    create: refuse,
    replace: refuse,
    patch: refuse,
    delete: refuse,
    review: refuse,
    async apply(resource, draft, { signal } = {}) {
      const given = answer(resource, draft);
      if (given !== undefined) return Promise.race([given, aborted(signal)]);
      written.push(draft);
      const metadata = { ...draft.metadata, uid: 'u', resourceVersion: '1' };
      return ok({ ...draft, metadata });
    },
  };
  const note = (message: string) => void logged.push(message);
  const log = { info: note, warn: note, error: note } as unknown as LeadingParts['log'];
  return {
    clock,
    api,
    loop,
    logged,
    bugs,
    written,
    fetched,
    serving: async () => expect.poll(() => logged).toContain(SERVED),
    answering: (other) => {
      answer = other;
    },
    start: (term, options = {}) =>
      startLeading(term, {
        client,
        clock,
        random: () => 0.5,
        log,
        policies,
        loop,
        namespace: 'portcullis-system',
        metrics: createOperatorMetrics(IDLE_OPERATOR),
        cluster: { refresh: async () => true },
        certificates: async () => ({ current: () => certificate, onChange: () => () => {} }),
        onEventsProblem: () => {},
        events: { record: () => {} },
        get: async ({ url }) => {
          fetched.push(String(url));
          return new Promise<never>(() => {});
        },
        policy: { host: '127.0.0.1', port: 0 },
        endpoint: { namespace: 'portcullis-system', service: 'portcullis-policy', address: '192.0.2.1' },
        injection: { settings: SETTINGS, configuration: 'portcullis' },
        watched: ['shop'],
        onBug: (error) => bugs.push(error),
        ...options,
      }),
  };
}

/** As of a call that nobody wants any more. */
function aborted(signal: AbortSignal | undefined): Promise<Outcome<KubernetesObject>> {
  const { promise, resolve } = Promise.withResolvers<Outcome<KubernetesObject>>();
  signal?.addEventListener('abort', () => resolve(failed('Aborted', 'no longer wanted')));
  return promise;
}

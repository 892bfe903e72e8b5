/** Admission as the operator serves it: caches that follow a real API server, and https that it calls. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import express from 'express';
import { systemClock } from '../../src/base/clock.ts';
import type { ObjectChange, ObjectsByKind, StoredKind } from '../../src/cluster/objects.ts';
import { readBinding, readSource } from '../../src/cluster/ours.ts';
import { createSharing } from '../../src/cluster/sharing.ts';
import { createStore, type Store } from '../../src/cluster/store.ts';
import { readNamespace, readService } from '../../src/cluster/workloads.ts';
import { createAuthority } from '../../src/issuers/testing/certificates.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import type { Cached, KubernetesObject } from '../../src/kubernetes/object.ts';
import { type Reflector, startReflector } from '../../src/kubernetes/reflector.ts';
import {
  ADMISSION_PATH,
  validatingWebhookConfiguration,
} from '../../src/operator/admission/configuration.ts';
import { judgeAdmission } from '../../src/operator/admission/judge-admission.ts';
import { createLive } from '../../src/operator/admission/live.ts';
import { admissionRouter } from '../../src/operator/admission/router.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { freePorts } from '../support/server.ts';
import type { ApiServer } from './harness.ts';

export interface AdmissionWorld {
  readonly store: Pick<Store, 'get' | 'all'>;
  /** Whether admission believes that its caches are filled. */
  isSynced: boolean;
  /** What went wrong inside; there should be nothing. */
  readonly errors: readonly unknown[];
  /** Whether connections are answered. */
  answering(yes: boolean): Promise<void>;
  /** Applies the configuration; the API server goes by it a moment later. */
  install(server: ApiServer): Promise<void>;
  stop(): Promise<void>;
}

const sharing = createSharing();

export async function startAdmission(client: KubernetesClient): Promise<AdmissionWorld> {
  const store = createStore();
  const reflectors: Reflector<Cached>[] = [];
  const follow = <K extends StoredKind>(
    kind: K,
    trim: (object: KubernetesObject) => ObjectsByKind[K] | undefined,
    changeOf: (id: string, object: ObjectsByKind[K] | undefined) => ObjectChange,
  ): void => {
    const options = { client, clock: systemClock, random: Math.random, resource: RESOURCES[kind] };
    const started = startReflector<ObjectsByKind[K]>({
      ...options,
      trim,
      onChange({ kind: what, object }) {
        const { namespace, name } = object.metadata;
        const id = kind === 'Namespace' ? name : `${namespace}/${name}`;
        store.apply(changeOf(id, what === 'deleted' ? undefined : object));
      },
    });
    reflectors.push(started);
  };
  follow(
    'AuthenticationSource',
    (object) => readSource(object, sharing),
    (id, object) => ({ kind: 'AuthenticationSource', id, object }),
  );
  follow(
    'ApiBinding',
    (object) => readBinding(object, sharing),
    (id, object) => ({ kind: 'ApiBinding', id, object }),
  );
  follow(
    'Namespace',
    (object) => readNamespace(object, sharing),
    (id, object) => ({ kind: 'Namespace', id, object }),
  );
  follow(
    'Service',
    (object) => readService(object, sharing),
    (id, object) => ({ kind: 'Service', id, object }),
  );
  await Promise.all(reflectors.map((reflector) => reflector.synced()));

  const authority = await createAuthority('admission');
  const { cert, key } = await authority.issue(['127.0.0.1']);
  const errors: unknown[] = [];
  const state = { isSynced: true };
  const view = {
    store,
    isSynced: () => state.isSynced,
    hasRouteApi: () => false,
    live: createLive(client),
    // Tests fill the caches by hand.
    catchUp: () => Promise.resolve(),
    pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
  const app = express().use(
    admissionRouter({
      path: ADMISSION_PATH,
      judge: (request) => judgeAdmission(request, view, { allowInsecureHttp: false }),
      onError: (error) => errors.push(error),
    }),
  );
  const listen = async (port: number): Promise<Server> => {
    const listening = createServer({ cert, key }, app);
    await once(listening.listen(port, '127.0.0.1'), 'listening');
    return listening;
  };
  const [port = 0] = await freePorts(1);
  let server = await listen(port);
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    store,
    errors,
    get isSynced() {
      return state.isSynced;
    },
    set isSynced(value) {
      state.isSynced = value;
    },
    async answering(yes) {
      if (yes) server = await listen(port);
      else await close();
    },
    async install({ kubectl }) {
      const configuration = validatingWebhookConfiguration({
        name: 'portcullis',
        server: { kind: 'url', url: `https://127.0.0.1:${port}` },
        ca: authority.certificate,
      });
      const { code, stderr } = await kubectl(['apply', '-f', '-'], JSON.stringify(configuration));
      if (code !== 0) throw new Error(stderr);
    },
    async stop() {
      if (server.listening) await close();
      await Promise.all(reflectors.map((reflector) => reflector.stop()));
    },
  };
}

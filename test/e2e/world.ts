/** What each file of tests has at hand: the cluster with Portcullis in it, and a client inside. */

import { inject } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { type Client, startClient } from './client.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { AGENT, enabledNamespace } from './objects.ts';

/** What the set-up leaves for the tests. */
export interface Premises {
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** Of Portcullis, which is installed. */
  readonly image: string;
  /** The same, as its next version. */
  readonly nextImage: string;
  readonly envoyImage: string;
  /** Name and content of the ConfigMap with the agent. */
  readonly agent: string;
  /** Whether pods have IPv6 addresses, too. */
  readonly dualStack: boolean;
  /** Whether the cluster was made for the tests, on this machine. */
  readonly local: boolean;
  /** What there was in the cluster before anything was installed, as `everything` names it. */
  readonly before: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    premises: Premises;
  }
}

/** Where the client's pod runs: nobody guards it. */
export const OUTSIDE = 'outside';
/** Selects its pods, in portcullis-system. */
export const OPERATOR = 'app.kubernetes.io/name=portcullis,app.kubernetes.io/component=operator';
export const CLIENT = `${OUTSIDE}/client`;

export interface World extends Premises {
  readonly k: Kubectl;
  readonly client: Client;
  /** A namespace with injection and the agent in it, of this file alone: it goes when the file has ended. */
  namespace(name: string, annotations?: JsonObject): Promise<void>;
  leave(): Promise<void>;
}

export async function enter(): Promise<World> {
  const premises = inject('premises');
  const k = createKubectl(premises.kubectl, premises.kubeconfig);
  const client = startClient(k, CLIENT);
  const namespaces: string[] = [];
  return {
    ...premises,
    k,
    client,
    async namespace(name, annotations) {
      namespaces.push(name);
      await k.apply(enabledNamespace(name, annotations));
      await k.apply(agentConfigMap(name, premises.agent));
    },
    async leave() {
      client.stop();
      // The node has no room for everybody's pods.
      await k.try(['delete', 'namespace', ...namespaces, '--wait=false', '--ignore-not-found']);
      await k.stop();
    },
  };
}

export const agentConfigMap = (namespace: string, code: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: AGENT, namespace },
  data: { 'agent.cjs': code },
});

/** The input of injection, and its result. */

import type { JsonObject } from '../base/json.ts';
import type { Labels } from '../resources/selectors.ts';
import type { PortTls } from '../sidecar/port-tls.ts';
import type { InjectionRefusal } from './refusals.ts';
import type { Spoken } from './spoken.ts';
import type { Platform } from './users.ts';

export interface InjectionRequest {
  /** A Pod, or a pod template: metadata and spec, as it was written, or as it came out of here before. */
  readonly pod: JsonObject;
  readonly namespace: NamespaceFacts;
  /** Each binding that chooses the pod; where two of them say what a port speaks, the first one's word holds. */
  readonly guards: readonly PodGuard[];
  readonly settings: InjectionSettings;
  /** 22 to 64 letters, digits, - and _, hard to guess: for the hooks of a pod that has no such key yet. */
  readonly hookKey: string;
  /**
   * Whether this is the last look, when no webhook can change the pod any more. Before it our containers are made anew
   * wherever they are different; at it a webhook that came later may have put other images into them, and little else.
   */
  readonly isFinal?: boolean;
}

export interface NamespaceFacts {
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface PodGuard {
  /** namespace/name. */
  readonly binding: string;
  /** Container ports. Empty where they are not known: then every port that the pod declares is guarded. */
  readonly ports: readonly PortOfGuard[];
  readonly problem: GuardProblem | undefined;
}

export interface PortOfGuard {
  readonly port: number;
  /** A pod with a port of TLS is refused: no binding says how Envoy has to speak to it. HTTPS is what a binding says. */
  readonly protocol: Spoken | 'HTTPS';
  readonly tls?: PortTls;
  /** The binding says what is spoken there, in so many words: what names say does not count any more. */
  readonly isWritten?: boolean;
}

export interface GuardProblem {
  /** NumericTargetPort is looked at here; whatever else there is, the binding denies. */
  readonly reason: string;
  readonly message: string;
}

/** What is the same for all pods of a cluster. */
export interface InjectionSettings {
  readonly version: string;
  /** Of validator and capture. */
  readonly image: string;
  readonly envoyImage: string;
  readonly platform: Platform;
  /** https://… of the policy server. */
  readonly controlPlane: string;
  /** Undefined: Kubernetes decides by the tag. */
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Names of Secrets, for our images alone; the pod keeps its own. */
  readonly imagePullSecrets: readonly string[];
}

export type Injection =
  /**
   * No binding chooses the pod, and neither a label nor sidecars of its own ask; or it has the label
   * portcullis.dev/inject: "false".
   */
  | { readonly kind: 'unasked' }
  /** It has all of it already. */
  | { readonly kind: 'unchanged' }
  /** Never at the last look. */
  | { readonly kind: 'guarded'; readonly pod: JsonObject }
  | { readonly kind: 'refused'; readonly refusals: readonly InjectionRefusal[] };

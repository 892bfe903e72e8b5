/** Parts of the policies by which gateways ask, as far as they are kept. */

import type { Labels } from '../resources/selectors.ts';
import type { LabelSelector } from '../resources/types.gen.ts';
import type { Backend } from './route-parts.ts';

/** What a SecurityPolicy of Envoy Gateway says of the check, and for what. */
export interface SecurityPolicyParts {
  readonly generation: number;
  /** As a route's: of two for the same target, the older counts. */
  readonly created: string;
  readonly targets: readonly PolicyTarget[];
  readonly selections: readonly TargetSelection[];
  /** It names more targets than are kept. */
  readonly isCut: boolean;
  /** It is merged with the policy of the route's listener or Gateway, in place of replacing it. */
  readonly merges: boolean;
  /** Its route may be chosen anew after the check (recomputeRoute). */
  readonly reroutes: boolean;
  /** Undefined: it asks nobody. */
  readonly asks: Asking | undefined;
  readonly acceptances: readonly PolicyAcceptance[];
}

/** An object of the policy's own namespace, or a part of it. */
export interface PolicyTarget {
  readonly kind: string;
  readonly name: string;
  /** Of a Gateway the listener, of a route the rule; empty = all of it. */
  readonly sectionName: string;
}

export interface TargetSelection {
  readonly kind: string;
  readonly labels: LabelSelector;
  readonly namespaces: 'Same' | 'All' | LabelSelector;
}

export interface Asking {
  readonly protocol: 'grpc' | 'http';
  /** One of them is asked each time. */
  readonly backends: readonly Backend[];
  /** What is put before the path of a check over HTTP. */
  readonly path: string;
  /** Why requests are not asked about as they are, or not all of them: `failOpen is true`. */
  readonly flaw: string | undefined;
}

/** What the controller says of a policy at a gateway, or at one of its listeners. */
export interface PolicyAcceptance {
  /** namespace/name. */
  readonly gateway: string;
  /** Empty = all of it. */
  readonly sectionName: string;
  readonly controller: string;
  readonly accepted: boolean;
  /** Of the policy that it is about. */
  readonly generation: number;
  readonly message: string;
}

/** What an AuthorizationPolicy of Istio with action CUSTOM says of the check, and for what. */
export interface CustomAuthorizationParts {
  readonly provider: string;
  /** Gateways of its own namespace; undefined where it names nothing at all, and goes by its selector. */
  readonly gateways: readonly string[] | undefined;
  /** Undefined = every pod. */
  readonly selector: Labels | undefined;
  /** Which requests its rules send to the provider. */
  readonly covers: 'All' | 'Some' | 'None';
  /** By annotation: its answer is not to be obeyed. */
  readonly isDryRun: boolean;
}

export interface GrantParts {
  /** Namespaces of the policies. */
  readonly from: readonly string[];
  /** An empty name = all of the kind. */
  readonly to: readonly { readonly kind: string; readonly name: string }[];
}

/** What the control plane keeps of the cluster's objects: only what is used, for there can be many. */

import type { JsonObject } from '../base/json.ts';
import type { Finding } from '../resources/findings.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { Labels } from '../resources/selectors.ts';
import type {
  ApiBinding,
  ApiBindingStatus,
  AuthenticationSource,
  AuthenticationSourceStatus,
  LabelSelector,
} from '../resources/types.gen.ts';
import type { CustomAuthorizationParts, GrantParts, SecurityPolicyParts } from './policy-parts.ts';
import type { Backend, Deployed, GatewayListener, ParentReference, RouteRule } from './route-parts.ts';
import type { Sidecars } from './sidecar-parts.ts';

export interface Meta {
  /** Empty for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface Pod {
  readonly kind: 'Pod';
  readonly metadata: Meta;
  readonly labels: Labels;
  /** Labels and annotations that begin with portcullis.dev/, each name where it belongs. */
  readonly marks: Labels;
  /** What controls it: a ReplicaSet, StatefulSet, Job and the like. */
  readonly owner: Owner | undefined;
  /** Pending, Running, Succeeded, Failed, or Unknown. */
  readonly phase: string;
  readonly ready: boolean;
  /** When a container of its app ran, and whether its volumes are there: a container of any kind has started, or may. */
  readonly running: Running;
  readonly mounted: boolean;
  readonly deleting: boolean;
  /** Empty as long as it has none. */
  readonly node: string;
  readonly hostNetwork: boolean;
  /** TCP ports of its containers, then of its native sidecars; ours and a mesh's are not among them. */
  readonly ports: readonly ContainerPort[];
  /** UDP and SCTP ports of the same containers: no validator sees what comes in there. */
  readonly unjudgedPorts: readonly UnjudgedPort[];
  readonly sidecars: Sidecars;
  /** Another container of it could be the Envoy that asks the validator. */
  readonly ownEnvoy: boolean;
}

/** One that ran before is in CrashLoopBackOff, say, or has come to its end. */
export type Running = 'Never' | 'Before' | 'Now';

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

export interface ContainerPort {
  /** Empty when it has none. */
  readonly name: string;
  readonly port: number;
}

export interface UnjudgedPort extends ContainerPort {
  readonly protocol: 'UDP' | 'SCTP';
}

export interface Service {
  readonly kind: 'Service';
  readonly metadata: Meta;
  /** Undefined when it chooses no pods, as of type ExternalName, or with endpoints written by others. */
  readonly selector: Labels | undefined;
  /** TCP ports alone. */
  readonly ports: readonly ServicePort[];
  /** The others, as container ports: by number, where it says one. */
  readonly unjudgedPorts: readonly UnjudgedPort[];
}

export interface ServicePort {
  /** Empty when it has none, as is appProtocol. */
  readonly name: string;
  readonly appProtocol: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** Not followed: looked at only while a pod of theirs cannot be made. */
export type OtherWorkloadKind = 'ReplicaSet' | 'ReplicationController' | 'Job';

/** What makes pods, and whether it can. */
export interface PodMaker {
  readonly kind: WorkloadKind | OtherWorkloadKind;
  readonly metadata: Meta;
  readonly templateLabels: Labels;
  /** Why the API server refuses its pods, in its own words; undefined where its conditions say nothing of it. */
  readonly refusal: string | undefined;
  /** Pods of it that it has made, and that count as there. */
  readonly present: number;
  /** Fewer pods are there than it wants. */
  readonly isShort: boolean;
}

export interface Workload extends PodMaker {
  readonly kind: WorkloadKind;
  readonly generation: number;
  readonly selector: LabelSelector;
  /** Of the template, as of a pod. */
  readonly ports: readonly ContainerPort[];
}

export interface StoredNamespace {
  readonly kind: 'Namespace';
  /** `namespace` is its own name, as in src/resources. */
  readonly metadata: Meta & { readonly labels: Labels };
  readonly marks: Labels;
  readonly terminating: boolean;
}

export interface Node {
  readonly kind: 'Node';
  readonly metadata: Meta;
  readonly ready: boolean;
}

export type RouteKind = 'HTTPRoute' | 'GRPCRoute';

export interface Route {
  readonly kind: RouteKind;
  readonly metadata: Meta;
  /** RFC 3339, in UTC and whole seconds, as API servers write it: the text sorts as the time does. */
  readonly created: string;
  /** Normalised; empty = those of the listeners. */
  readonly hostnames: readonly string[];
  /** The gateways that accepted it. */
  readonly parents: readonly ParentReference[];
  /** Services that it sends requests to; namespace/name, in the order of its rules, each once. */
  readonly backends: readonly Backend[];
  /** What else it sends requests, or copies of them, to: `Service other/far`. The first of them, each once. */
  readonly foreign: readonly string[];
  /** Policies may choose it by them. */
  readonly labels: Labels;
  readonly rules: readonly RouteRule[];
  /** ListenerSets, namespace/name, through which gateways accepted it as well. */
  readonly listenerSets: readonly string[];
}

/** What of it says who may call a pod. */
export interface NetworkPolicy {
  readonly kind: 'NetworkPolicy';
  readonly metadata: Meta;
  /** Undefined: it says nothing of what comes in. */
  readonly selector: LabelSelector | undefined;
  readonly ingress: readonly IngressRule[];
}

export interface IngressRule {
  /** Undefined = all TCP ports. */
  readonly ports: readonly IngressPort[] | undefined;
  /** Everybody, or some that it chooses. */
  readonly from: 'Everybody' | 'Some';
}

/** A range of numbers, or a name of a container's port. */
export type IngressPort = { readonly first: number; readonly last: number } | { readonly name: string };

export interface Gateway {
  readonly kind: 'Gateway';
  readonly metadata: Meta;
  readonly listeners: readonly GatewayListener[];
  readonly labels: Labels;
  readonly deployed: Deployed;
}

/** Of Envoy Gateway. */
export interface SecurityPolicy extends SecurityPolicyParts {
  readonly kind: 'SecurityPolicy';
  readonly metadata: Meta;
}

export interface ReferenceGrant extends GrantParts {
  readonly kind: 'ReferenceGrant';
  readonly metadata: Meta;
}

/** Of Istio; those with action CUSTOM alone. */
export interface AuthorizationPolicy extends CustomAuthorizationParts {
  readonly kind: 'AuthorizationPolicy';
  readonly metadata: Meta;
}

export type StoredSecret = Secret & { readonly metadata: Meta };
export type StoredConfigMap = ConfigMap & { readonly metadata: Meta };

/** One of our own objects. One that breaks the schema is not trusted: of it only the name counts, and it denies. */
export type Ours<T, S> = OursAsRead<T> & {
  readonly metadata: Meta & { readonly generation: number; readonly deleting: boolean };
  /** As it stands in the API server, to be compared with what it should be. */
  readonly status: S | undefined;
};

type OursAsRead<T> =
  | { readonly kind: 'typed'; readonly object: T }
  | {
      readonly kind: 'refused';
      readonly findings: readonly Finding[];
      /** As it was written, so that what can be read of its hosts and targets refuses there. */
      readonly written: JsonObject;
    };

export type StoredBinding = Ours<ApiBinding, ApiBindingStatus>;
export type StoredSource = Ours<AuthenticationSource, AuthenticationSourceStatus>;

/** Every kind that is kept. */
export interface ObjectsByKind {
  readonly Pod: Pod;
  readonly Service: Service;
  readonly Deployment: Workload;
  readonly StatefulSet: Workload;
  readonly DaemonSet: Workload;
  readonly Namespace: StoredNamespace;
  readonly Node: Node;
  readonly HTTPRoute: Route;
  readonly GRPCRoute: Route;
  readonly Gateway: Gateway;
  readonly SecurityPolicy: SecurityPolicy;
  readonly AuthorizationPolicy: AuthorizationPolicy;
  readonly ReferenceGrant: ReferenceGrant;
  readonly NetworkPolicy: NetworkPolicy;
  readonly Secret: StoredSecret;
  readonly ConfigMap: StoredConfigMap;
  readonly ApiBinding: StoredBinding;
  readonly AuthenticationSource: StoredSource;
}

export type StoredKind = keyof ObjectsByKind;

/** An object as it is now; undefined when it is gone. `id` is namespace/name, or the name of what has no namespace. */
export type ObjectChange = {
  readonly [K in StoredKind]: {
    readonly kind: K;
    readonly id: string;
    readonly object: ObjectsByKind[K] | undefined;
  };
}[StoredKind];

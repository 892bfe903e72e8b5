/** The one table of reasons why what a binding targets cannot be guarded, or not all of it. */

interface ReasonEntry {
  /** For the reference page: what it means, in a sentence. */
  readonly meaning: string;
  /** For the reference page: what to do. */
  readonly remedy: string;
  /** True where nothing gets better until an object is changed; other problems may go away by themselves. */
  readonly stalled: boolean;
}

const waits = (meaning: string, remedy: string): ReasonEntry => ({ meaning, remedy, stalled: false });
const stalls = (meaning: string, remedy: string): ReasonEntry => ({ meaning, remedy, stalled: true });

export const TARGET_REASONS = {
  TargetNotFound: waits(
    'An object that targetRefs names does not exist in the namespace of the binding.',
    'Create it, or correct kind and name.',
  ),
  TargetHasNoSelector: stalls(
    'A Service that is targeted chooses no pods, so that it cannot be told which pods to guard.',
    'Target the workload itself, or use podSelector.',
  ),
  NoPort: stalls(
    'A target has no TCP port that could be guarded, or a pod has no port of the name that its Service uses.',
    'Name the container ports in spec.ports, or give the container a port of that name.',
  ),
  PortAmbiguous: stalls(
    'A target has several ports, and none of them says http, h2c, grpc or ws.',
    'Name the container ports in spec.ports, or give the ports an appProtocol.',
  ),
  RouteApiMissing: waits(
    'A route is targeted, and the Gateway API is not installed in the cluster.',
    'Install its CRDs, or target the Service behind the route.',
  ),
  RouteHasNoBackend: stalls(
    "A route sends requests to no Service of the binding's namespace.",
    'Add a backendRef to it, or target the workload in its own namespace.',
  ),
  HostNotAttached: stalls(
    'None of spec.hosts is a host under which the gateway accepted the targeted routes.',
    'Correct spec.hosts, or the hostnames of the route and of the listener.',
  ),
  HostShared: waits(
    'Another namespace, or an older binding of the same one, has a host of the binding at a gateway that is not known to say which route matched: at each listener the older route keeps a host, and a narrower hostname goes before. It goes away once the gateway says so with every request.',
    'Have the gateway say which route matched (Envoy Gateway 1.8 and later: includeRouteMetadata), give each namespace hosts of its own, or guard the pods instead of the gateway.',
  ),
  SectionUntold: waits(
    'A single rule of a route is guarded (sectionName) at a gateway that is not known to say which rule matched. What it does not say is refused, for all hosts of that route. It goes away once the gateway says so with every request.',
    'Have the gateway say which route matched (Envoy Gateway 1.8 and later: includeRouteMetadata) and send a request, or target the whole route.',
  ),
  NumericTargetPort: stalls(
    'Pods with capture NamedPort are behind a Service whose targetPort is a number.',
    "Give the container's port a name, and use it as the Service's targetPort.",
  ),
} as const satisfies Readonly<Record<string, ReasonEntry>>;

export type TargetReason = keyof typeof TARGET_REASONS;

/** Something about a binding's targets that keeps it from guarding all of them. */
export interface TargetProblem {
  readonly reason: TargetReason;
  /** Names the object and the cause: a sentence without a capital and a full stop, as the remedy. */
  readonly message: string;
  readonly remedy: string;
  /** It keeps a gateway alone from guarding the target, which means no pods. */
  readonly isOfGateway?: true;
}

export const targetProblem = (reason: TargetReason, message: string, remedy: string): TargetProblem => ({
  reason,
  message,
  remedy,
});

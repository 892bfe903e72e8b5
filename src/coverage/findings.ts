/** The one table of what coverage finds, and the form of a finding. */

interface CoverageEntry {
  /** Open: somebody may get an answer whom nothing has judged. Noted: on purpose, or where nothing says that it is an API. */
  readonly severity: 'open' | 'noted';
  /** For the reference page: what it means, in a sentence. */
  readonly meaning: string;
}

const open = (meaning: string): CoverageEntry => ({ severity: 'open', meaning });
const noted = (meaning: string): CoverageEntry => ({ severity: 'noted', meaning });

export const COVERAGE_REASONS = {
  ServiceUnguarded: open('A Service leads HTTP requests to pods that no binding guards.'),
  RouteUnbound: open('A route sends requests to pods that no binding guards.'),
  PodUnguarded: open('Pods have a port whose name says HTTP, and neither a binding nor a Service.'),
  PodWithoutValidator: open(
    'A binding targets pods that have no validator, or one that injection has not made.',
  ),
  PodOptedOut: open('A binding targets pods with the label portcullis.dev/inject: "false".'),
  InjectionDisabled: open(
    'A binding targets pods, and their namespace does not have the label for injection.',
  ),
  PortUncaptured: open('Pods have sidecars, but not for every port that a binding guards.'),
  PortUnguarded: open('Guarded pods have another port for HTTP that no binding guards.'),
  BypassPossible: open(
    'Guarded pods can be called past their validator: capture NamedPort, or a gateway alone that asks, without a NetworkPolicy that closes the bare ports; or capture None without an Envoy.',
  ),
  FilterMissing: open('A gateway with validators does not ask them about all requests of a route.'),
  SectionUnguarded: open('A single rule of a route is bound, and a gateway of that route has no validators.'),
  ForeignBackend: open('A bound route sends requests to what its binding does not guard.'),
  ModeAudit: open('A binding counts what it would refuse, and lets it through.'),
  ModeTrial: open('A binding is on trial where no other binding decides: nothing is refused.'),
  ModeDisabled: open('A binding lets every request through.'),
  RuleOpen: open('A rule lets anybody in wherever no rule before it matches.'),
  NotGuarded: open('The operator knows a reason why a binding does not guard its targets.'),
  RulePublic: noted('A rule lets anybody in for some paths, methods or hosts.'),
  PortUnjudged: noted('Guarded pods have other ports, of which nothing says that they speak HTTP.'),
} as const satisfies Readonly<Record<string, CoverageEntry>>;

export type CoverageReason = keyof typeof COVERAGE_REASONS;

export interface CoverageFinding {
  readonly reason: CoverageReason;
  readonly severity: 'open' | 'noted';
  readonly namespace: string;
  /** `Service shop/orders` */
  readonly object: string;
  /** What is open, and why: a sentence without a capital and a full stop, as the remedy. */
  readonly message: string;
  readonly remedy: string;
}

/** @param kind and name of the object, which is in the namespace. */
export function coverageFinding(
  reason: CoverageReason,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
  message: string,
  remedy: string,
): CoverageFinding {
  const { severity } = COVERAGE_REASONS[reason];
  return { reason, severity, namespace, object: `${kind} ${namespace}/${name}`, message, remedy };
}

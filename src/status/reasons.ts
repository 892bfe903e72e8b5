/** The one table of conditions and their reasons: what each means, and what to do. docs/reference/status.md is made from it. */

import { errorsOf, FINDING_REASONS, type FindingReason } from '../resources/reasons.ts';
import { TARGET_REASONS } from '../targets/reasons.ts';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface ReasonText {
  readonly status: ConditionStatus;
  readonly meaning: string;
  readonly remedy: string;
}

export interface ConditionText {
  readonly meaning: string;
  readonly reasons: Readonly<Record<string, ReasonText>>;
}

const good = (meaning: string, remedy = 'Nothing.'): ReasonText => ({ status: 'True', meaning, remedy });
const bad = (meaning: string, remedy: string): ReasonText => ({ status: 'False', meaning, remedy });
const open = (meaning: string, remedy: string): ReasonText => ({ status: 'Unknown', meaning, remedy });

const MESSAGE_SAYS = 'The message names the field, the cause and the remedy.';

const fromFindings = (reasons: readonly FindingReason[]): Readonly<Record<string, ReasonText>> =>
  Object.fromEntries(
    reasons.map((reason) => [reason, bad(FINDING_REASONS[reason].meaning, MESSAGE_SAYS)] as const),
  );

const targetReasons: Readonly<Record<string, ReasonText>> = Object.fromEntries(
  Object.entries(TARGET_REASONS).map(
    ([reason, { meaning, remedy }]) => [reason, bad(meaning, remedy)] as const,
  ),
);

const PENDING = open(
  'The control plane has not looked at the object yet.',
  'Wait; see that the operator runs.',
);
const FIRST_FALSE = 'Ready has the reason of the first condition that is not True.';

const STALLED: ConditionText = {
  meaning: 'There only while it is True: nothing gets better until somebody changes an object.',
  reasons: {
    Refused: good('The reason of Accepted does not go away by itself.', 'Do what the message says.'),
  },
};

export const SOURCE_CONDITIONS = {
  Ready: {
    meaning: `The source is accepted and its keys are there. ${FIRST_FALSE}`,
    reasons: { Ready: good('Tokens of this source can be verified.'), Pending: PENDING },
  },
  Accepted: {
    meaning: 'The spec can be used as it is written, with what it refers to.',
    reasons: {
      Accepted: good('It can be used.'),
      ...fromFindings(errorsOf('AuthenticationSource')),
    },
  },
  KeysAvailable: {
    meaning:
      'There are keys that tokens can be verified with. While the last fetch failed, the reason is that of issuerError, also as long as the keys of an earlier one still serve and the condition is True.',
    reasons: {
      KeysAvailable: good('The keys are there.'),
      Pending: open('The keys are being fetched for the first time.', 'Wait.'),
      NotAccepted: bad('The source is not accepted, so that no keys are used.', 'See Accepted.'),
      KeysStale: bad(
        'The last good fetch is longer ago than maxStale.',
        'See that the operator can reach the provider.',
      ),
      MissingJwks: bad(
        'The provider names no jwks_uri, or there is no usable key behind it.',
        'Check issuer and keys.discoveryURL.',
      ),
      UrlInvalid: bad(
        'An address is no URL, is http, or is one that must not be connected to.',
        "Correct it; see the operator's --fetch-deny-cidrs.",
      ),
      UnknownHost: bad(
        'The name cannot be resolved, nothing listens there, or TLS fails.',
        'The message says which; a private authority goes into fetch.caBundleFrom.',
      ),
      CouldNotParseConfig: bad(
        "The answer is no JSON, too large, or another issuer's.",
        'Check that issuer is spelled as the provider spells it.',
      ),
      RequestTimeout: bad('The provider took too long.', 'Check the way to it, or set fetch.timeout.'),
      RemoteHostRespondedWithError: bad(
        'The provider answered with another status than 200, or with too many redirects.',
        'Check the address, and the provider.',
      ),
    },
  },
  Stalled: STALLED,
} as const satisfies Readonly<Record<string, ConditionText>>;

export const BINDING_CONDITIONS = {
  Ready: {
    meaning: `The API is guarded as the binding says, or, in mode Trial, the binding is judged. ${FIRST_FALSE}`,
    reasons: { Ready: good('Every other condition is True.'), Pending: PENDING },
  },
  Accepted: {
    meaning: 'The spec can be used as it is written, and all of its targets can be guarded.',
    reasons: {
      Accepted: good('It can be used.'),
      ...fromFindings(errorsOf('ApiBinding').filter((reason) => reason !== 'SourceNotPermitted')),
      ...targetReasons,
    },
  },
  SourcesResolved: {
    meaning: 'Every source is there, permits this namespace, and has keys.',
    reasons: {
      SourcesResolved: good('All of them can be used.'),
      SourceNotPermitted: bad(FINDING_REASONS.SourceNotPermitted.meaning, MESSAGE_SAYS),
      SourceNotReady: bad(
        'A source is not accepted, or has no keys. Others, if there are any, keep working.',
        'See the status of the AuthenticationSource.',
      ),
    },
  },
  Guarded: {
    meaning: 'Every targeted pod has its validator, and every guarded port is captured.',
    reasons: {
      Guarded: good(
        'Nothing reaches a guarded port past the validator. The message names other ports, which pass untouched: those that nothing guards, and all of UDP and SCTP.',
      ),
      NoPods: good(
        'No targeted pod is there, or none has run yet.',
        'Nothing, unless you expect some: check the targets.',
      ),
      Trial: bad(
        'The binding has mode Trial, and guards nothing, though all of its pods have validators that judge it. Ready does not depend on it then.',
        'Nothing, while you try it. Whether the API is guarded, the bindings say that decide.',
      ),
      PodsUnguarded: bad(
        'Targeted pods have no validator, for example those that are older than the binding, or one in whose containers others decide what runs: the message names container and field. Pods that are being deleted count as long as their containers run; pods that have never run do not.',
        'Restart their workload; where the message names a field, take that out first.',
      ),
      PodsOutdated: bad(
        'Targeted pods have sidecars of other images or settings than the control plane would give them, in a namespace where no webhook looks: an older version may have made them, or somebody else. Where the webhooks look, such pods are counted (`podsOutdated`), and Guarded stays True.',
        'Apply their workload anew, made by portcullis inject of the same version, with the same images and address; or enable injection in the namespace and restart the workload.',
      ),
      PodsRefused: bad(
        'The API server refuses pods of a targeted workload, at admission: they cannot be guarded, or a quota, a LimitRange or a policy forbids them, perhaps for their sidecars. Deployments, ReplicaSets and ReplicationControllers say so themselves; of StatefulSets, DaemonSets and Jobs their controllers say it in Events. It goes away by itself once a pod is let in, at the latest 20 minutes after the last such Event.',
        'Do what the message says: it has the words of the refusal.',
      ),
      PortsUncaptured: bad(
        'Targeted pods have sidecars, but not for every port that the binding guards: they were made before it guarded that.',
        'Restart their workload.',
      ),
      InjectionDisabled: bad(
        'Targeted pods have no validator, or would get none, for their namespace does not have the label portcullis.dev/injection: enabled.',
        'Label the namespace, and restart the workload.',
      ),
      BypassPossible: bad(
        'A port is guarded on the way through its Service or gateway alone, and no NetworkPolicy closes the others; or a pod with capture None has no Envoy that could ask its validator.',
        'Add a NetworkPolicy that closes the bare port, or use capture Redirect.',
      ),
      NeverAsked: bad(
        'The validators of a gateway have not been asked about any request since they began, so that it cannot be told that the gateway asks them. A restart of theirs is no reason. A gateway before pods that all have validators of their own need not ask.',
        'Send a request through the gateway. If nothing changes within 15 s, see that its configuration asks the validators (portcullis envoy-config).',
      ),
      SectionUnguarded: bad(
        'A single rule of a route is guarded (sectionName), and a gateway of that route has no validators: beside a pod it cannot be told by which rule a request has come.',
        'Have the gateway ask validators of its own (portcullis envoy-config), or target the whole route.',
      ),
      RouteUnguarded: bad(
        'A gateway of a targeted route asks its validators about none of its requests, or not about all, or it cannot be told: another policy replaces the one that asks, lacks it or lets requests pass where nobody answers; it is not accepted; or a gateway has no validators at all. It is told for Envoy Gateway (SecurityPolicy), Istio (AuthorizationPolicy) and the filter ExternalAuth of HTTPRoutes. Pods that all have validators of their own need no gateway that asks.',
        'Do what the message says for each route: it names the policy, or what is missing.',
      ),
      RouteHasForeignBackend: bad(
        'A targeted route sends requests, or copies of them, to a Service of another namespace or to a backend that is no Service, which the binding does not guard, and not all of its gateways have validators.',
        'Guard the backend by a binding in its own namespace and take it out of the route, or have every gateway of the route ask validators.',
      ),
    },
  },
  Programmed: {
    meaning: 'Every validator enforces this very version of the policy.',
    reasons: {
      Programmed: good('All of them have acknowledged it.'),
      NoPods: good('No validator is there.', 'Nothing, unless you expect some: check the targets.'),
      NoReadyPods: bad('There are pods, and none of them is ready.', 'See why the pods are not ready.'),
      Pending: bad('Some validators still have another version.', 'Wait; if it stays so, see their logs.'),
      Rejected: bad(
        'A validator cannot apply the policy, mostly because it is older than the control plane.',
        'Restart the workload, so that it gets sidecars of the present version.',
      ),
    },
  },
  Stalled: STALLED,
} as const satisfies Readonly<Record<string, ConditionText>>;

export type SourceCondition = keyof typeof SOURCE_CONDITIONS;

/** What a binding's status needs to know of one pod. */

import type { NetworkPolicy, Pod, ServicePort, UnjudgedPort } from '../cluster/objects.ts';
import type { CaptureMode } from '../injection/capture-mode.ts';
import type { TakenMembers } from '../policy/exchange.ts';
import { captureOf, type Guard, isOver, shapingGuards } from '../targets/guards.ts';
import { workloadOf } from '../targets/owners.ts';
import { arePortsClosed } from './closed-ports.ts';
import { type ChartImages, foreignImages } from './images.ts';
import { capturedPorts, isOfOtherMake, portsGuardedBy, type Standing, standingOf } from './standing.ts';
import { missingTexts, type Unmounted } from './unmounted.ts';

export interface PodFacts {
  /** namespace/name. */
  readonly id: string;
  /** `deployment/orders`, as kubectl takes it; undefined for a pod of its own. */
  readonly workload: string | undefined;
  /** The pod is ready, and so is its node, and it is not being deleted. */
  readonly ready: boolean;
  /** A container of its app runs, or did: clients may reach it. */
  readonly started: boolean;
  /** It is being deleted, and its containers still run. */
  readonly ending: boolean;
  readonly validator: boolean;
  /** `Secret shop/api, which is not there`: what its kubelet waits for, to mount it. */
  readonly missing: readonly string[];
  /** Its sidecars are not those that it would get now: other settings, images or ports, or of another version. */
  readonly outdated: boolean;
  /** What its sidecars have that no version of injection makes: others decide what runs there. */
  readonly forged: string | undefined;
  /** Differences of its sidecars that another version may have made, or another author, because no webhook checks them. */
  readonly unproven: string | undefined;
  /** Ports that the binding guards, and its sidecars do not. */
  readonly uncaptured: readonly number[];
  /** Ports of a Trial that its sidecars do not take, for no binding that decides guards them. */
  readonly untried: readonly number[];
  /** Ports where its validator refuses every request, for no binding guards them any more. */
  readonly closed: readonly number[];
  readonly capture: CaptureMode;
  /** A container of its own may be the Envoy that capture None leaves the asking to. */
  readonly ownEnvoy: boolean;
  /** NetworkPolicies admit no caller to its bare ports but those that are to ask validators. */
  readonly portsClosed: boolean;
  /** `9090 (metrics)`: ports that nothing guards, of its own and of the Services that the binding targets. */
  readonly otherPorts: readonly string[];
  /** `8080/UDP`: what comes in there is dropped, for the number is a captured one's. */
  readonly droppedPorts: readonly string[];
  /** Why it can have no sidecars, should that be so. */
  readonly refusal: string | undefined;
  /** The version that it is to enforce. */
  readonly expected: string | undefined;
  readonly acknowledged: string | undefined;
  readonly rejected: RejectedVersion | undefined;
}

export interface RejectedVersion {
  readonly version: string;
  readonly reason: string;
}

/** What a validator reports: the policies that it applied, and could not apply. */
export interface Acknowledgement {
  /** What it takes of policies that not every version does. Absent: all. */
  readonly takes?: TakenMembers;
  readonly version: string | undefined;
  readonly rejected: RejectedVersion | undefined;
}

export interface PodSurroundings {
  readonly nodeReady: boolean;
  /** The webhooks look at what is made in its namespace. */
  readonly injecting: boolean;
  readonly namespaceMarks: Readonly<Record<string, string>>;
  /** The binding that asks, namespace/name. */
  readonly binding: string;
  /** Of every binding that guards the pod. */
  readonly guards: readonly Guard[];
  /** Of each Service that the binding targets, and that chooses the pod. */
  readonly servicePorts: () => readonly ServicePort[];
  /** UDP and SCTP ports of the same. */
  readonly unjudgedServicePorts: () => readonly UnjudgedPort[];
  /** Those of its namespace, and perhaps of others. */
  readonly networkPolicies: () => Iterable<NetworkPolicy>;
  /** The control plane's own version. */
  readonly version: string;
  /** Those that it makes sidecars of; absent where they are not to be compared. */
  readonly images?: ChartImages | undefined;
  readonly expected: string | undefined;
  readonly report: Acknowledgement | undefined;
  /** By the kubelet's last word; a pod whose volumes are there lacks nothing any more. */
  readonly unmounted?: Unmounted | undefined;
}

/**
 * Undefined for a pod that no longer counts: its containers have ended. While it is being deleted they run for a while,
 * and can still be called by their address.
 */
export function podFacts(
  pod: Pod,
  around: PodSurroundings,
  shared: () => SharedFacts = () => sharedFacts(pod, around),
): PodFacts | undefined {
  if (isOver(pod) || (pod.deleting && pod.running !== 'Now')) return undefined;
  const { namespace, name } = pod.metadata;
  const workload = workloadOf(pod);
  const { uncaptured, untried, closed, capture, portsClosed, otherPorts, droppedPorts, isOther, unproven } =
    shared();
  return {
    id: `${namespace}/${name}`,
    workload: workload && `${workload.kind.toLowerCase()}/${workload.name}`,
    ready: pod.ready && around.nodeReady && !pod.deleting,
    started: pod.running !== 'Never',
    ending: pod.deleting,
    // No webhook sees a pod with that label: what it calls a validator is anything.
    validator: pod.sidecars.validator && !wantsNone(pod),
    missing:
      around.unmounted && !pod.mounted ? missingTexts(around.unmounted, pod.sidecars.needed, namespace) : [],
    forged: pod.sidecars.forged,
    unproven,
    outdated: !pod.deleting && (isOther || closed.length > 0),
    uncaptured,
    untried,
    closed,
    capture,
    ownEnvoy: pod.ownEnvoy,
    portsClosed,
    otherPorts,
    droppedPorts,
    refusal: refusalOf(pod),
    expected: around.expected,
    acknowledged: around.report?.version,
    rejected: around.report?.rejected,
  };
}

/** What all pods of a class have in common for one binding. */
export interface SharedFacts
  extends Standing,
    Pick<PodFacts, 'unproven' | 'capture' | 'portsClosed' | 'otherPorts' | 'droppedPorts'> {
  /** Made by another version, with other settings, or of other images. */
  readonly isOther: boolean;
}

export function sharedFacts(pod: Pod, given: PodSurroundings): SharedFacts {
  // What a Trial is for is not guarded by that, beside bindings that decide.
  const around = { ...given, guards: shapingGuards(given.guards) };
  const capture = captureOf(pod, around.namespaceMarks);
  const standing = standingOf(pod, given.guards, around.binding, around.version);
  const unproven = unprovenOf(pod, around);
  return {
    ...standing,
    isOther:
      standing.otherVersion ||
      standing.otherProtocol ||
      isOfOtherMake(pod, around.images) ||
      unproven !== undefined,
    unproven,
    capture,
    portsClosed: isClosed(pod, capture, unproven === undefined, around),
    ...portsBeside(pod, capture, around),
  };
}

function unprovenOf({ sidecars }: Pod, { injecting, images }: PodSurroundings): string | undefined {
  if (injecting) return undefined;
  const found = [
    ...(sidecars.older === undefined ? [] : [sidecars.older]),
    ...(images === undefined ? [] : foreignImages(sidecars, images)),
  ];
  return found.length === 0 ? undefined : found.join(', ');
}

/** Only asked where it matters: Redirect leaves no way around, and None is in the hands of the pod's own Envoy. */
function isClosed(
  pod: Pod,
  capture: CaptureMode,
  isProven: boolean,
  { guards, networkPolicies }: PodSurroundings,
): boolean {
  const validator = pod.sidecars.validator && pod.sidecars.forged === undefined && isProven;
  if (validator && (capture === 'Redirect' || (capture === 'None' && pod.ownEnvoy))) return false;
  const ports = [...portsGuardedBy(guards).ports.union(capturedPorts(pod))];
  // With NamedPort no caller needs the bare port; else the caller that is admitted asks, as a waypoint does.
  const callers = validator && capture === 'NamedPort' ? 'Nobody' : 'Some';
  return arePortsClosed(pod, ports, callers, networkPolicies());
}

/** TCP ports first. Rules of capture Redirect drop the other protocols at the numbers that they lead to Envoy. */
function portsBeside(
  pod: Pod,
  capture: CaptureMode,
  around: PodSurroundings,
): Pick<PodFacts, 'otherPorts' | 'droppedPorts'> {
  const captured = pod.sidecars.validator && capture === 'Redirect' ? capturedPorts(pod) : new Set<number>();
  const named = new Set(pod.unjudgedPorts.map(({ port, protocol }) => `${port}/${protocol}`));
  const all = [
    ...pod.unjudgedPorts,
    ...around.unjudgedServicePorts().filter(({ port, protocol }) => !named.has(`${port}/${protocol}`)),
  ];
  const texts = (isDropped: boolean): readonly string[] =>
    all
      .filter(({ port }) => captured.has(port) === isDropped)
      .map(({ name, port, protocol }) => `${port}/${protocol}${name === '' ? '' : ` (${name})`}`);
  return { otherPorts: [...openPorts(pod, around), ...texts(false)], droppedPorts: texts(true) };
}

/** Those that the pod declares, or its Services lead to, and whose requests no validator sees. */
function openPorts(pod: Pod, { guards, servicePorts }: PodSurroundings): readonly string[] {
  const guarded = portsGuardedBy(guards).ports;
  const captured = capturedPorts(pod);
  const declared = new Set(pod.ports.map(({ port }) => port));
  // A target by name is a port that the pod declares.
  const targeted = servicePorts().flatMap(({ name, targetPort }) =>
    typeof targetPort === 'number' && !declared.has(targetPort) ? [{ name, port: targetPort }] : [],
  );
  return [...pod.ports, ...targeted]
    .filter(({ port }) => !guarded.has(port) && !captured.has(port))
    .map(({ name, port }) => (name === '' ? `${port}` : `${port} (${name})`));
}

function refusalOf(pod: Pod): string | undefined {
  if (pod.hostNetwork) return 'it uses the network of its node (hostNetwork)';
  return wantsNone(pod) ? 'it has the label portcullis.dev/inject: "false"' : undefined;
}

const wantsNone = ({ marks }: Pod): boolean => marks['portcullis.dev/inject'] === 'false';

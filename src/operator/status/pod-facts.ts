/** What a binding's status needs to know of one pod. */

import type { Pod } from '../cluster/objects.ts';
import { type CaptureMode, captureMode, isOver } from '../targets/guards.ts';
import { workloadOf } from '../targets/owners.ts';
import type { GuardedPort } from '../targets/ports.ts';

export interface PodFacts {
  /** namespace/name. */
  readonly id: string;
  /** `deployment/orders`, as kubectl takes it; undefined for a pod of its own. */
  readonly workload: string | undefined;
  /** The pod is ready, and so is its node. */
  readonly ready: boolean;
  readonly validator: boolean;
  /** Its sidecars are of another version than the control plane. */
  readonly outdated: boolean;
  readonly capture: CaptureMode;
  /** Something else than the pod's own sidecars may be reached by whoever goes past them. */
  readonly portsClosed: boolean;
  /** `9090 (metrics)`: ports that nothing guards. */
  readonly otherPorts: readonly string[];
  /** Why it can have no sidecars, should that be so. */
  readonly refusal: string | undefined;
  /** The version that it is to enforce. */
  readonly expected: string | undefined;
  readonly acknowledged: string | undefined;
  readonly rejected: Rejection | undefined;
}

export interface Rejection {
  readonly version: string;
  readonly reason: string;
}

/** What validators have said. */
export interface Acknowledgement {
  readonly version: string | undefined;
  readonly rejected: Rejection | undefined;
}

export interface PodSurroundings {
  readonly nodeReady: boolean;
  readonly namespaceMarks: Readonly<Record<string, string>>;
  /** Every port that any binding guards on the pod. */
  readonly guarded: readonly GuardedPort[];
  /** Whether a NetworkPolicy closes what its capture leaves open. */
  readonly portsClosed: boolean;
  /** The control plane's own version. */
  readonly version: string;
  readonly expected: string | undefined;
  readonly said: Acknowledgement | undefined;
}

/** Undefined for a pod that no longer counts: its containers have ended, or it is being deleted. */
export function podFacts(pod: Pod, around: PodSurroundings): PodFacts | undefined {
  if (isOver(pod) || pod.deleting) return undefined;
  const { namespace, name } = pod.metadata;
  const workload = workloadOf(pod);
  const guarded = new Set(around.guarded.map(({ port }) => port));
  const others = pod.ports.filter(({ port }) => !guarded.has(port));
  return {
    id: `${namespace}/${name}`,
    workload: workload && `${workload.kind.toLowerCase()}/${workload.name}`,
    ready: pod.ready && around.nodeReady,
    validator: pod.sidecars.validator,
    outdated: pod.sidecars.validator && pod.sidecars.version !== around.version,
    capture: captureMode(pod, around.namespaceMarks),
    portsClosed: around.portsClosed,
    otherPorts: others.map((port) => (port.name === '' ? `${port.port}` : `${port.port} (${port.name})`)),
    refusal: refusalOf(pod),
    expected: around.expected,
    acknowledged: around.said?.version,
    rejected: around.said?.rejected,
  };
}

function refusalOf(pod: Pod): string | undefined {
  if (pod.hostNetwork) return 'it uses the network of its node (hostNetwork)';
  return pod.marks['portcullis.dev/inject'] === 'false'
    ? 'it has the label portcullis.dev/inject: "false"'
    : undefined;
}

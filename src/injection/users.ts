/**
 * As which users our containers run: not as the app, which could look into the validator's process where the pod shares
 * processes.
 */

import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import type { Labels } from '../resources/selectors.ts';
import { ENVOY_CONTAINER, ENVOY_USER, VALIDATOR_CONTAINER, VALIDATOR_USER } from './layout.ts';
import { named } from './members.ts';

/** OpenShift lets the containers of a namespace run as users of its own range alone. */
export const PLATFORMS = ['Kubernetes', 'OpenShift'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Also their groups. Undefined: the platform's admission chooses the user, which may be the app's own. */
export interface SidecarUsers {
  readonly validator: number | undefined;
  readonly envoy: number | undefined;
}

const OWN: SidecarUsers = { validator: VALIDATOR_USER, envoy: ENVOY_USER };
const UNKNOWN: SidecarUsers = { validator: undefined, envoy: undefined };

/** Of a namespace: `1000680000/10000` or `1000680000-1000689999`. */
export const UID_RANGE_ANNOTATION = 'openshift.io/sa.scc.uid-range';

/** @param spec of the pod. */
export function sidecarUsers(platform: Platform, namespace: Labels, { hostUsers }: JsonObject): SidecarUsers {
  // A user namespace has the users to 65535 alone, and the ranges lie above.
  if (platform === 'Kubernetes' || hostUsers === false) return OWN;
  const range = namespace[UID_RANGE_ANNOTATION];
  return (range === undefined ? undefined : lastOf(range)) ?? UNKNOWN;
}

const RANGE = /^([0-9]{1,10})([-/])([0-9]{1,10})$/;
/** Kubernetes knows no higher one. */
const HIGHEST_USER = 2 ** 31 - 1;

/** The last two of a range: containers that say nothing get its first. Undefined where that leaves the app none of its own. */
function lastOf(range: string): SidecarUsers | undefined {
  const [, first, separator, second] = RANGE.exec(range) ?? [];
  const start = Number(first);
  const last = separator === '/' ? start + Number(second) - 1 : Number(second);
  return start > 0 && last - start >= 2 && last <= HIGHEST_USER
    ? { validator: last, envoy: last - 1 }
    : undefined;
}

/** Of a pod that runs, where OpenShift may have chosen them. */
export function presentUsers({ initContainers }: JsonObject): SidecarUsers {
  const userOf = (container: string): number | undefined => {
    const { runAsUser, runAsGroup } = objectAt(named(initContainers, container)?.securityContext);
    return isUser(runAsUser) && runAsGroup === runAsUser ? runAsUser : undefined;
  };
  return { validator: userOf(VALIDATOR_CONTAINER), envoy: userOf(ENVOY_CONTAINER) };
}

/** Root is none of ours. */
export const isUser = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

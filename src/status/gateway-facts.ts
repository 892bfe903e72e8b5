/** What a binding's status needs to know of its gateways: which of them ask, and what its routes send past all of them. */

import type { ApiBindingStatus } from '../resources/types.gen.ts';
import type { Resolution } from '../targets/resolve.ts';
import { TRIED } from './trials.ts';

/** What is known of the validators of gateways. */
export interface GatewaySurroundings {
  /** Pods, namespace/name, of the validators of a shared gateway. */
  readonly gatewayPods: (gateway: string) => readonly string[];
  /** Whether a gateway has asked one of its validators; undefined where that is not known. */
  readonly wasAsked: (gateway: string) => boolean | undefined;
}

/**
 * Gateways whose validators have never been asked. After a restart of operator and validators together no one knows
 * any more: then the binding's own status counts, which said of this very generation that it is guarded, until one
 * of its gateways is known to ask.
 */
export function neverAsking(
  gateways: readonly string[],
  before: ApiBindingStatus | undefined,
  generation: number,
  { wasAsked }: Pick<GatewaySurroundings, 'wasAsked'>,
): readonly string[] {
  const never = gateways.filter((gateway) => wasAsked(gateway) === false);
  if (never.length === 0 || gateways.some((gateway) => wasAsked(gateway) === true)) return never;
  const was = before?.conditions?.find(({ type }) => type === 'Guarded');
  const wasGood = (was?.status === 'True' && was.reason === 'Guarded') || was?.reason === TRIED;
  return wasGood && was?.observedGeneration === generation ? [] : never;
}

/** Backends that no pod's sidecars guard for the binding; a route all of whose gateways have validators is judged there. */
export function foreignBackends(
  resolution: Pick<Resolution, 'routes'> | undefined,
  gateways: readonly string[],
  { gatewayPods }: Pick<GatewaySurroundings, 'gatewayPods'>,
): readonly string[] {
  const judging = new Set(gateways.filter((gateway) => gatewayPods(gateway).length > 0));
  return (resolution?.routes ?? []).flatMap(({ kind, metadata, parents, foreign }) => {
    const isJudged = parents.length > 0 && parents.every(({ gateway }) => judging.has(gateway));
    const route = `${kind} ${metadata.namespace}/${metadata.name}`;
    return isJudged ? [] : foreign.map((backend) => `${route} to ${backend}`);
  });
}

/** Rules that gateways alone can guard, at those that have no validators: `HTTPRoute shop/web (admin) at Gateway x/y`. */
export function openSections(
  resolution: Pick<Resolution, 'sections'> | undefined,
  { gatewayPods }: Pick<GatewaySurroundings, 'gatewayPods'>,
): readonly string[] {
  return (resolution?.sections ?? []).flatMap(({ route: { kind, metadata, parents }, section }) => {
    const rule = `${kind} ${metadata.namespace}/${metadata.name} (${section})`;
    const gateways = [...new Set(parents.map(({ gateway }) => gateway))];
    return gateways
      .filter((gateway) => gatewayPods(gateway).length === 0)
      .map((gateway) => `${rule} at Gateway ${gateway}`);
  });
}

/** What is kept of Envoy Gateway's SecurityPolicies (gateway.envoyproxy.io/v1alpha1): whom they ask, and for what. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { objectAt, objectsAt, portAt } from '../base/members.ts';
import type { LabelSelector } from '../resources/types.gen.ts';
import { readMeta } from './meta.ts';
import type { SecurityPolicy } from './objects.ts';
import type { Asking, PolicyAcceptance, PolicyTarget, TargetSelection } from './policy-parts.ts';
import { filledTextAt } from './read.ts';
import type { Backend } from './route-parts.ts';
import { GATEWAY_GROUP } from './routes.ts';
import type { Sharing } from './sharing.ts';
import { readSelector } from './workloads.ts';

/** The most that are kept of each. */
const MAX_TARGETS = 256;
const MAX_BACKENDS = 64;
const MAX_MESSAGE = 200;

export function readSecurityPolicy(value: JsonValue, sharing: Sharing): SecurityPolicy | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { generation, creationTimestamp } = objectAt(value.metadata);
  const { targetRef, targetRefs, targetSelectors, mergeType, extAuth, jwt } = objectAt(value.spec);
  // As Envoy Gateway has it, the deprecated one goes before the list.
  const targets = isJsonObject(targetRef) ? [targetRef] : objectsAt(targetRefs);
  const selections = objectsAt(targetSelectors);
  return {
    kind: 'SecurityPolicy',
    metadata,
    generation: typeof generation === 'number' ? generation : 0,
    created: filledTextAt(creationTimestamp) ?? '',
    targets: targets.slice(0, MAX_TARGETS).flatMap(readTarget),
    selections: selections.slice(0, MAX_TARGETS).flatMap((one) => readSelection(one, sharing)),
    isCut: targets.length > MAX_TARGETS || selections.length > MAX_TARGETS,
    merges: typeof mergeType === 'string',
    reroutes: [objectAt(extAuth), ...objectsAt(objectAt(jwt).providers)].some(({ recomputeRoute }) =>
      isSet(recomputeRoute),
    ),
    asks: extAuth === undefined || extAuth === null ? undefined : readAsking(extAuth, metadata.namespace),
    acceptances: objectsAt(objectAt(value.status).ancestors).flatMap(readAcceptance),
  };
}

function readTarget({ group, kind, name, sectionName }: JsonObject): readonly PolicyTarget[] {
  const [ofKind, called] = [filledTextAt(kind), filledTextAt(name)];
  if (group !== GATEWAY_GROUP || ofKind === undefined || called === undefined) return [];
  return [{ kind: ofKind, name: called, sectionName: filledTextAt(sectionName) ?? '' }];
}

function readSelection(written: JsonObject, sharing: Sharing): readonly TargetSelection[] {
  const { group = GATEWAY_GROUP, kind, namespaces } = written;
  const ofKind = filledTextAt(kind);
  if (group !== GATEWAY_GROUP || ofKind === undefined) return [];
  return [
    { kind: ofKind, labels: readSelector(written, sharing), namespaces: readNamespaces(namespaces, sharing) },
  ];
}

/** What cannot be read is everywhere: it could replace another policy there. */
function readNamespaces(namespaces: JsonValue | undefined, sharing: Sharing): 'Same' | 'All' | LabelSelector {
  const { from = 'Same', selector } = objectAt(namespaces);
  if (from === 'Same') return 'Same';
  return from === 'Selector' && isJsonObject(selector) ? readSelector(selector, sharing) : 'All';
}

function readAsking(extAuth: JsonValue, namespace: string): Asking {
  const { grpc, http, failOpen } = objectAt(extAuth);
  const protocol = isJsonObject(http) ? 'http' : 'grpc';
  const { backendRefs, backendRef, path, pathOverride } = objectAt(protocol === 'http' ? http : grpc);
  const several = objectsAt(backendRefs);
  const references = several.length > 0 || !isJsonObject(backendRef) ? several : [backendRef];
  const backends = references.slice(0, MAX_BACKENDS).map((one) => readBackend(one, namespace));
  return {
    protocol,
    backends: backends.filter((backend) => backend !== undefined),
    path: filledTextAt(path) ?? '',
    flaw: firstFlaw([
      [isJsonObject(grpc) === isJsonObject(http), 'asks by none or both of grpc and http'],
      [isSet(failOpen), 'has failOpen: true'],
      [typeof pathOverride === 'string', 'asks about pathOverride, whatever path was requested'],
      [backends.length === 0, 'names no backend'],
      [backends.includes(undefined), 'names a backend that is no Service'],
      [references.length > MAX_BACKENDS, `names more than ${MAX_BACKENDS} backends`],
    ]),
  };
}

/** What is no boolean might be taken for true. */
const isSet = (flag: JsonValue | undefined): boolean => flag !== undefined && flag !== null && flag !== false;

const firstFlaw = (flaws: readonly (readonly [boolean, string])[]): string | undefined =>
  flaws.find(([holds]) => holds)?.[1];

function readBackend(
  { group = '', kind = 'Service', namespace, name, port }: JsonObject,
  ownNamespace: string,
): Backend | undefined {
  const called = filledTextAt(name);
  if (group !== '' || kind !== 'Service' || called === undefined) return undefined;
  return { service: `${filledTextAt(namespace) ?? ownNamespace}/${called}`, port: portAt(port) };
}

function readAcceptance({
  ancestorRef,
  controllerName,
  conditions,
}: JsonObject): readonly PolicyAcceptance[] {
  const { group = GATEWAY_GROUP, kind = 'Gateway', namespace, name, sectionName } = objectAt(ancestorRef);
  const [space, called, controller] = [namespace, name, controllerName].map(filledTextAt);
  const condition = objectsAt(conditions).find(({ type }) => type === 'Accepted');
  if (group !== GATEWAY_GROUP || kind !== 'Gateway' || condition === undefined) return [];
  if (space === undefined || called === undefined || controller === undefined) return [];
  const { status, observedGeneration, message } = condition;
  return [
    {
      gateway: `${space}/${called}`,
      sectionName: filledTextAt(sectionName) ?? '',
      controller,
      accepted: status === 'True',
      generation: typeof observedGeneration === 'number' ? observedGeneration : 0,
      message: status === 'True' ? '' : (filledTextAt(message) ?? '').slice(0, MAX_MESSAGE),
    },
  ];
}

/** It may choose objects of other namespaces than its own. */
export const reachesFar = ({ selections, isCut }: SecurityPolicy): boolean =>
  isCut || selections.some(({ namespaces }) => namespaces !== 'Same');

/** What a pod has otherwise than injection makes it: nothing, in a pod that is guarded as it should be. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { type ContainerTolerance, containerDifferences, memberDifferences } from './container-differences.ts';
import { filledInVolume } from './filled-in.ts';
import { OWN_CONTAINERS, OWN_VOLUMES, WRITTEN_ANNOTATION } from './layout.ts';
import { sameJson, textAt } from './members.ts';
import { annotationsOfOwn } from './own-annotations.ts';
import { isNativeSidecar } from './ports.ts';

export interface Difference {
  /** `container portcullis-validator`, `volume portcullis-ca`, `metadata`, `spec`. */
  readonly where: string;
  /** `env NODE_OPTIONS`, `securityContext.seLinuxOptions`, `missing`. */
  readonly field: string;
}

export interface Tolerance extends ContainerTolerance {
  /** A webhook that is called after ours may have what it adds run first, as long as that ends before ours start. */
  readonly earlierContainers: boolean;
}

/** Of a container of others. */
export const TOO_EARLY = 'starts before the sidecars';

/**
 * Our containers, volumes and annotations are compared in everything that decides what they run and see; of the rest of
 * the pod, what injection changes there.
 *
 * @param wanted the same pod, guarded anew.
 */
export function differences(
  pod: JsonObject,
  wanted: JsonObject,
  tolerance: Tolerance,
): readonly Difference[] {
  const spec = objectAt(pod.spec);
  const wantedSpec = objectAt(wanted.spec);
  const { annotations, ...metadata } = objectAt(pod.metadata);
  const { annotations: wantedAnnotations, ...wantedMetadata } = objectAt(wanted.metadata);
  const own = annotationsOfOwn(pod);
  // How the pod was written decides nothing.
  const ignored = [...own, WRITTEN_ANNOTATION];
  return [
    ...ownDifferences(spec, wantedSpec, tolerance),
    ...own.map((name) => ({ where: 'annotation', field: name })),
    ...memberDifferences(objectAt(annotations), objectAt(wantedAnnotations), '')
      .filter((name) => !ignored.includes(name))
      .map((name) => ({ where: 'annotation', field: name })),
    ...memberDifferences(metadata, wantedMetadata, '').map((field) => ({ where: 'metadata', field })),
    ...['containers', 'initContainers'].flatMap((member) =>
      compareOthers('container', spec[member], wantedSpec[member], OWN_CONTAINERS),
    ),
    ...compareOthers('volume', spec.volumes, wantedSpec.volumes, OWN_VOLUMES),
    // How much the pod has as a whole decides nothing, as in our containers.
    ...memberDifferences(withoutParts(spec), withoutParts(wantedSpec), '').map((field) => ({
      where: 'spec',
      field,
    })),
  ];
}

/** Of our containers and volumes alone, and of what starts before them. */
export const ownDifferences = (
  spec: JsonObject,
  wantedSpec: JsonObject,
  tolerance: Tolerance,
): readonly Difference[] => [
  ...compareOwn('container', spec.initContainers, wantedSpec.initContainers, OWN_CONTAINERS, (one, other) =>
    containerDifferences(one, other, tolerance),
  ),
  ...orderOf(spec, tolerance),
  ...compareOwn('volume', spec.volumes, wantedSpec.volumes, OWN_VOLUMES, volumeDifferences),
];

const MOST_NAMED = 5;
const LONGEST = 100;

/** For a message: the first of them, for others decide how many there are. */
export function differencesText(found: readonly Difference[]): string {
  const named = found.slice(0, MOST_NAMED).map(({ where, field }) => `${where}: ${field}`.slice(0, LONGEST));
  const more = found.length - named.length;
  return `${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

type Compare = (one: JsonObject, wanted: JsonObject) => readonly string[];

/** By place: where one is missing, or one too many, each is named. */
function compareOwn(
  what: string,
  items: JsonValue | undefined,
  wanted: JsonValue | undefined,
  names: readonly string[],
  compare: Compare,
): readonly Difference[] {
  const own = objectsAt(items).filter(({ name }) => names.includes(textAt(name)));
  const wantedOwn = objectsAt(wanted).filter(({ name }) => names.includes(textAt(name)));
  const isThere = (list: readonly JsonObject[], name: JsonValue | undefined) =>
    list.some((item) => item.name === name);
  const at = ({ name }: JsonObject, field: string): Difference => ({
    where: `${what} ${textAt(name)}`,
    field,
  });
  const missing = wantedOwn.filter(({ name }) => !isThere(own, name)).map((item) => at(item, 'missing'));
  const more = own.filter(({ name }) => !isThere(wantedOwn, name)).map((item) => at(item, 'not expected'));
  if (missing.length + more.length > 0 || own.length !== wantedOwn.length) {
    return missing.length + more.length > 0 ? [...missing, ...more] : own.map((item) => at(item, 'twice'));
  }
  return wantedOwn.flatMap((item, index) => {
    const one = own[index] ?? {};
    return one.name === item.name
      ? compare(one, item).map((field) => at(item, field))
      : [at(item, 'in another order')];
  });
}

const volumeDifferences: Compare = (volume, wanted) =>
  memberDifferences(filledInVolume(volume), filledInVolume(wanted), '');

/** What runs in front of capture serves without it: a sidecar for as long as the pod lives, others until they end. */
function orderOf(spec: JsonObject, { earlierContainers }: Tolerance): readonly Difference[] {
  const starting = objectsAt(spec.initContainers);
  const isOwn = ({ name }: JsonObject): boolean => OWN_CONTAINERS.includes(textAt(name));
  return starting
    .slice(0, Math.max(0, starting.findLastIndex(isOwn)))
    .filter((container) => !isOwn(container) && (!earlierContainers || isNativeSidecar(container)))
    .map(({ name }) => ({ where: `container ${textAt(name)}`, field: TOO_EARLY }));
}

/** What is not ours is compared as it is written: the wanted pod was made of it. */
function compareOthers(
  what: string,
  items: JsonValue | undefined,
  wanted: JsonValue | undefined,
  ownNames: readonly string[],
): readonly Difference[] {
  const isOther = (item: JsonValue): boolean => !isJsonObject(item) || !ownNames.includes(textAt(item.name));
  const wantedOthers = listAt(wanted).filter(isOther);
  return listAt(items)
    .filter(isOther)
    .flatMap((item, index) => {
      const other = wantedOthers[index] ?? null;
      if (sameJson(item, other)) return [];
      const fields = memberDifferences(objectAt(item), objectAt(other), '');
      return fields.map((field) => ({ where: `${what} ${textAt(objectAt(item).name)}`, field }));
    });
}

function withoutParts(spec: JsonObject): JsonObject {
  const { initContainers: _, volumes: __, containers: ___, resources: ____, ...rest } = spec;
  return rest;
}

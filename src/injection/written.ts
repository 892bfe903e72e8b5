/** The annotation of how a pod was written, where the guarded pod does not show it: so that uninjection is exact. */

import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { WRITTEN_ANNOTATION } from './layout.ts';
import { sameJson, textAt } from './members.ts';
import { isNativeSidecar } from './ports.ts';
import { spellings } from './spellings.ts';

/**
 * It decides nothing, and others can change it: what it says is taken where it means the same as what is there.
 *
 * probes: container → kind → members of its handler. ports: container → the names of its ports, '' for none.
 * empty: members that were there without anything in them. pullSecrets: names of those that were put there.
 */
export interface Written {
  readonly probes: JsonObject;
  readonly ports: JsonObject;
  readonly empty: readonly string[];
  readonly pullSecrets: readonly string[];
}

/** Characters; of 256 KiB that the annotations of a pod may have. Past it there is no mark. */
export const LONGEST_MARK = 16 * 1024;

export function readWritten(pod: JsonObject): Written {
  const text = textAt(objectAt(objectAt(pod.metadata).annotations)[WRITTEN_ANNOTATION]);
  const mark = objectAt(text.length > LONGEST_MARK ? undefined : parseJsonObject(text));
  const texts = (value: JsonValue | undefined): readonly string[] =>
    listAt(value).filter((item) => typeof item === 'string');
  return {
    probes: objectAt(mark.probes),
    ports: objectAt(mark.ports),
    empty: texts(mark.empty),
    pullSecrets: texts(mark.pullSecrets),
  };
}

/**
 * The annotation; none where the guarded pod shows everything.
 *
 * @param original the pod without sidecars.
 * @param plain what the guarded pod shows without the annotation.
 * @param guardedSpec with the sidecars.
 */
export function writtenMark(original: JsonObject, plain: JsonObject, guardedSpec: JsonObject): JsonObject {
  const [spec, plainSpec] = [objectAt(original.spec), objectAt(plain.spec)];
  const names = new Set(secretNames(spec));
  const mark = {
    probes: byContainer(spec, plainSpec, spellings),
    ports: byContainer(spec, plainSpec, portNames),
    empty: emptyMembers(original).filter((name) => !emptyMembers(plain).includes(name)),
    pullSecrets: secretNames(guardedSpec).filter((name) => !names.has(name)),
  };
  const said = Object.entries(mark).filter(([, value]) => Object.keys(value).length > 0);
  const text = JSON.stringify(Object.fromEntries(said));
  return said.length === 0 || text.length > LONGEST_MARK ? {} : { [WRITTEN_ANNOTATION]: text };
}

const secretNames = ({ imagePullSecrets }: JsonObject): readonly string[] =>
  objectsAt(imagePullSecrets).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));

type Compare = (container: JsonObject, plain: JsonObject) => JsonObject | readonly string[];

/** By its name, what is found in each container that injection changes. */
function byContainer(spec: JsonObject, plain: JsonObject, compare: Compare): JsonObject {
  const found = changedContainers(spec).flatMap((container): readonly [string, JsonValue][] => {
    const other = changedContainers(plain).find(({ name }) => name === container.name);
    const difference = other === undefined ? [] : compare(container, other);
    return Object.keys(difference).length === 0 ? [] : [[textAt(container.name), difference]];
  });
  return Object.fromEntries(found);
}

const changedContainers = ({ containers, initContainers }: JsonObject): readonly JsonObject[] => [
  ...objectsAt(containers),
  ...objectsAt(initContainers).filter(isNativeSidecar),
];

const portNames: Compare = ({ ports }, plain) =>
  sameJson(ports, plain.ports) ? [] : listAt(ports).map((port) => textAt(objectAt(port).name));

/** Of those that may go with the sidecars. */
export function emptyMembers(pod: JsonObject): readonly string[] {
  const [metadata, spec] = [objectAt(pod.metadata), objectAt(pod.spec)];
  return [
    ...(isEmpty(pod.metadata) ? ['metadata'] : []),
    ...METADATA_PARTS.filter((name) => isEmpty(metadata[name])),
    ...SPEC_LISTS.filter((name) => isEmpty(spec[name])),
  ];
}

export const METADATA_PARTS = ['labels', 'annotations'] as const;
export const SPEC_LISTS = ['initContainers', 'volumes', 'imagePullSecrets'] as const;

const isEmpty = (value: JsonValue | undefined): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;

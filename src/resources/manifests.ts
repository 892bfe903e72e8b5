/** Reads manifest files: YAML documents, Lists unwrapped, into typed objects and findings. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { formatField, parseField } from './fields.ts';
import { type Finding, finding, type ObjectReference, referenceTo } from './findings.ts';
import type { Located, ResourceSet, WrittenAt } from './set.ts';
import { nearest } from './suggestions.ts';
import {
  API_VERSION,
  apiBinding,
  authenticationSource,
  configMap,
  namespace,
  referenceOf,
  secret,
  type Typed,
} from './typed.ts';
import { readYaml } from './yaml.ts';

export interface Manifests {
  /** What could be read; objects with findings of severity error are not in it. */
  readonly set: ResourceSet;
  readonly findings: readonly Finding[];
  /** Objects of kinds that are none of ours. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly object: ObjectReference;
  readonly origin: WrittenAt;
}

/** The set while it is filled. */
type Collected = { readonly [K in keyof ResourceSet]: ResourceSet[K][number][] } & {
  readonly findings: Finding[];
  readonly passedOver: PassedOver[];
};

/** Each kind's apiVersion, and what becomes of its objects. */
const KINDS: Readonly<
  Record<
    string,
    {
      readonly apiVersion: string;
      readonly read: (value: JsonObject, origin: WrittenAt, into: Collected) => void;
    }
  >
> = {
  AuthenticationSource: {
    apiVersion: API_VERSION,
    read: (value, origin, into) => collect(authenticationSource(value, origin), origin, into.sources, into),
  },
  ApiBinding: {
    apiVersion: API_VERSION,
    read: (value, origin, into) => collect(apiBinding(value, origin), origin, into.bindings, into),
  },
  Secret: {
    apiVersion: 'v1',
    read: (value, origin, into) => collect(secret(value, origin), origin, into.secrets, into),
  },
  ConfigMap: {
    apiVersion: 'v1',
    read: (value, origin, into) => collect(configMap(value, origin), origin, into.configMaps, into),
  },
  Namespace: {
    apiVersion: 'v1',
    read: (value, origin, into) => collect(namespace(value, origin), origin, into.namespaces, into),
  },
};

/** Reads one file; `file` is its name, for findings. */
export function readManifests(file: string, text: string): Manifests {
  const { documents, findings } = readYaml(file, text);
  const into: Collected = {
    sources: [],
    bindings: [],
    secrets: [],
    configMaps: [],
    namespaces: [],
    findings: [...findings],
    passedOver: [],
  };
  for (const { value, origin } of documents) readObject(value, origin, into);
  const { findings: found, passedOver, ...set } = into;
  return { set, findings: found, passedOver };
}

/** All files as one set. Of two manifests for one object the first counts, and the second is an error. */
export function uniteManifests(files: readonly Manifests[]): Manifests {
  const findings = files.flatMap((file) => file.findings);
  const unite = <T extends Parameters<typeof referenceTo>[0]>(
    lists: readonly (readonly Located<T>[])[],
  ): readonly Located<T>[] => withoutDuplicates(lists.flat(), findings);
  const set: ResourceSet = {
    sources: unite(files.map((file) => file.set.sources)),
    bindings: unite(files.map((file) => file.set.bindings)),
    secrets: unite(files.map((file) => file.set.secrets)),
    configMaps: unite(files.map((file) => file.set.configMaps)),
    namespaces: unite(files.map((file) => file.set.namespaces)),
  };
  return { set, findings, passedOver: files.flatMap((file) => file.passedOver) };
}

function withoutDuplicates<T extends Parameters<typeof referenceTo>[0]>(
  objects: readonly Located<T>[],
  findings: Finding[],
): readonly Located<T>[] {
  const first = new Map<string, Located<T>>();
  for (const located of objects) {
    const reference = referenceTo(located.object);
    const id = `${reference.namespace}/${reference.name}`;
    const earlier = first.get(id);
    if (earlier === undefined) first.set(id, located);
    else findings.push(duplicate(reference, located.origin, earlier.origin));
  }
  return [...first.values()];
}

function duplicate(
  object: ObjectReference,
  origin: WrittenAt | undefined,
  earlier: WrittenAt | undefined,
): Finding {
  const where = earlier ? ` in ${earlier.file}, line ${earlier.locate('').line}` : '';
  return finding(
    'Duplicate',
    { object, origin, field: 'metadata.name' },
    `${object.kind} ${object.namespace}/${object.name} is defined already${where}`,
    'remove one of the two, or give it another name',
  );
}

function readObject(value: JsonValue, origin: WrittenAt, into: Collected): void {
  if (!isJsonObject(value) || typeof value.kind !== 'string' || typeof value.apiVersion !== 'string') {
    into.findings.push(
      finding(
        'Invalid',
        { object: undefined, origin },
        'this is no Kubernetes object: it has no apiVersion and kind',
        `begin it with apiVersion and kind, for example apiVersion: ${API_VERSION} and kind: ApiBinding`,
      ),
    );
    return;
  }
  const { apiVersion, kind, items } = value;
  if (Array.isArray(items) && isList(kind)) {
    for (const [index, item] of items.entries()) {
      // A template that renders nothing leaves these.
      if (item !== null) readObject(item, itemOrigin(origin, index), into);
    }
    return;
  }
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (known?.apiVersion === apiVersion) known.read(value, origin, into);
  else if (isOurs(apiVersion, kind)) into.findings.push(wrongKind(value, apiVersion, kind, origin));
  else into.passedOver.push({ object: referenceOf(kind, value), origin });
}

const isList = (kind: string): boolean => kind === 'List' || Object.hasOwn(KINDS, kind.replace(/List$/, ''));

function itemOrigin(origin: WrittenAt, index: number): WrittenAt {
  return {
    file: origin.file,
    locate: (field) => origin.locate(formatField(['items', index, ...parseField(field)])),
  };
}

/** A misspelt group or kind must not pass for an object that is not ours. */
function isOurs(apiVersion: string, kind: string): boolean {
  return apiVersion.toLowerCase().startsWith('portcullis.dev') || KINDS[kind]?.apiVersion === API_VERSION;
}

function wrongKind(value: JsonObject, apiVersion: string, kind: string, origin: WrittenAt): Finding {
  const place = { object: referenceOf(kind, value), origin };
  if (apiVersion !== API_VERSION) {
    return finding(
      'Invalid',
      { ...place, field: 'apiVersion' },
      `there is no apiVersion ${JSON.stringify(apiVersion)} of this kind`,
      `write ${API_VERSION}`,
    );
  }
  const ours = Object.keys(KINDS).filter((name) => KINDS[name]?.apiVersion === API_VERSION);
  const meant = nearest(kind, ours);
  return finding(
    'Invalid',
    { ...place, field: 'kind' },
    `${apiVersion} has no kind ${JSON.stringify(kind)}`,
    meant === undefined ? `its kinds are ${ours.join(' and ')}` : `did you mean ${meant}?`,
  );
}

function collect<T>(typed: Typed<T>, origin: WrittenAt, list: Located<T>[], into: Collected): void {
  if (typed.kind === 'typed') list.push({ object: typed.object, origin });
  else into.findings.push(...typed.findings);
}

/** For tests: an API server's store that compares and swaps, as far as certificates need one. */

import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import type { Draft, KubernetesClient } from '../../../kubernetes/client.ts';
import { failed, type Outcome, ok } from '../../../kubernetes/errors.ts';
import { isKubernetesObject, type KubernetesObject, type ObjectName } from '../../../kubernetes/object.ts';
import type { Resource } from '../../../kubernetes/resource.ts';

export type StoreClient = Pick<KubernetesClient, 'get' | 'create' | 'replace' | 'apply' | 'patch' | 'delete'>;

export interface FakeCluster {
  readonly client: StoreClient;
  /** `verb plural namespace/name` of each write that was tried. */
  readonly writes: string[];
  /** What is stored, or undefined. */
  get(resource: Resource, name: ObjectName): KubernetesObject | undefined;
  /** Makes or changes it behind everyone's back; undefined removes it. */
  set(resource: Resource, name: ObjectName, content: JsonObject | undefined): void;
}

/** @param before waited for before each call takes effect: so calls of several clients mix. */
export function fakeCluster(before: () => Promise<void> = async () => {}): FakeCluster {
  const objects = new Map<string, KubernetesObject>();
  const writes: string[] = [];
  let version = 0;
  const keyOf = ({ plural }: Resource, { namespace, name }: ObjectName) => `${plural} ${namespace}/${name}`;
  const put = (
    key: string,
    content: JsonObject,
    metadata: JsonObject,
    uid?: string,
  ): Outcome<KubernetesObject> => {
    version += 1;
    const stored = {
      ...content,
      metadata: { ...metadata, uid: uid ?? `uid-${version}`, resourceVersion: `${version}` },
    };
    if (!isKubernetesObject(stored)) throw new Error('a test stores what is no object');
    objects.set(key, stored);
    return ok(stored);
  };
  const write = async (verb: string, resource: Resource, name: ObjectName) => {
    await before();
    const key = keyOf(resource, name);
    writes.push(`${verb} ${key}`);
    return { key, stored: objects.get(key) };
  };
  const missing = () => failed('NotFound', 'not found');

  return {
    writes,
    get: (resource, name) => objects.get(keyOf(resource, name)),
    set(resource, name, content) {
      const key = keyOf(resource, name);
      if (content === undefined) objects.delete(key);
      else put(key, content, { ...name, ...metadataOf(content) }, objects.get(key)?.metadata.uid);
    },
    client: {
      async get(resource, name) {
        await before();
        const stored = objects.get(keyOf(resource, name));
        return stored === undefined ? missing() : ok(stored);
      },
      async create(resource, draft) {
        const { key, stored } = await write('create', resource, draft.metadata);
        return stored === undefined ? put(key, draft, draft.metadata) : failed('AlreadyExists', 'exists');
      },
      async replace(resource, draft) {
        const { key, stored } = await write('replace', resource, draft.metadata);
        if (stored === undefined) return missing();
        const { resourceVersion }: JsonObject = draft.metadata;
        if (resourceVersion !== stored.metadata.resourceVersion) return failed('Conflict', 'changed');
        return put(key, draft, draft.metadata, stored.metadata.uid);
      },
      async apply(resource, draft) {
        const { key, stored } = await write('apply', resource, draft.metadata);
        return put(
          key,
          merged(stored, draft),
          { ...stored?.metadata, ...draft.metadata },
          stored?.metadata.uid,
        );
      },
      async patch(resource, name) {
        await write('patch', resource, name);
        return failed('Unexpected', 'no test patches here');
      },
      async delete(resource, name, { uid, resourceVersion } = {}) {
        const { key, stored } = await write('delete', resource, name);
        if (stored === undefined) return missing();
        const same =
          (uid ?? stored.metadata.uid) === stored.metadata.uid &&
          (resourceVersion ?? stored.metadata.resourceVersion) === stored.metadata.resourceVersion;
        if (!same) return failed('Conflict', 'changed');
        objects.delete(key);
        return ok(undefined);
      },
    },
  };
}

function metadataOf({ metadata }: JsonObject): JsonObject {
  return isJsonObject(metadata) ? metadata : {};
}

function merged(stored: KubernetesObject | undefined, { data, ...draft }: Draft): JsonObject {
  const before = isJsonObject(stored?.data) ? stored.data : {};
  return { ...stored, ...draft, data: { ...before, ...(isJsonObject(data) ? data : {}) } };
}

/**
 * What the volume of a pod's certificates lacks, as the kubelet says it in an Event. The control plane may not read
 * Secrets for it. Who may create Events decides what they say: only what the pod does mount is believed to be missing.
 */

import { TLS_VOLUME } from '../injection/layout.ts';
import type { NeededKey } from '../injection/volumes.ts';

type Kind = NeededKey['kind'];

/** Names of objects that are not there, and of keys that are not in those that are. */
export type Unmounted = Readonly<Record<'objects' | 'keys', Readonly<Record<Kind, readonly string[]>>>>;

/** Characters; a note of Kubernetes has at most 1,024. */
const LONGEST = 1024;
const BEGINNING = `MountVolume.SetUp failed for volume "${TLS_VOLUME}" : `;

/** Undefined where it is about something else. */
export function readUnmounted(note: string): Unmounted | undefined {
  if (!note.startsWith(BEGINNING) || note.length > LONGEST) return undefined;
  const parts = note
    .slice(BEGINNING.length)
    .replace(/^\[(.*)\]$/, '$1')
    .split(', ');
  const found = (pattern: RegExp): readonly string[] => [
    ...new Set(parts.flatMap((part) => pattern.exec(part)?.[1] ?? [])),
  ];
  const unmounted: Unmounted = {
    objects: {
      Secret: found(/^secrets? "([^"]+)" not found$/),
      ConfigMap: found(/^configmaps? "([^"]+)" not found$/),
    },
    keys: {
      Secret: found(/^references non-existent secret key: (\S+)$/),
      ConfigMap: found(/^configmap references non-existent config key: (\S+)$/),
    },
  };
  const names = Object.values(unmounted).flatMap((kinds) => Object.values(kinds).flat());
  return names.length === 0 ? undefined : unmounted;
}

/**
 * In order: `Secret shop/api, which is not there`.
 *
 * @param needed by the pod's sidecars.
 */
export function missingTexts(
  { objects, keys }: Unmounted,
  needed: readonly NeededKey[],
  namespace: string,
): readonly string[] {
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) => {
    const of = needed.filter((one) => one.kind === kind);
    const absent = objects[kind].filter((name) => of.some((one) => one.name === name));
    const title = (name: string): string => `${kind} ${namespace}/${name}`;
    const lacking = keys[kind].flatMap((key) => {
      const having = of.filter((one) => one.key === key && !absent.includes(one.name));
      const names = [...new Set(having.map(({ name }) => title(name)))];
      if (names.length === 0) return [];
      return [`${names.length === 1 ? '' : 'one of '}${names.join(', ')}, which has no key ${key}`];
    });
    return [...absent.map((name) => `${title(name)}, which is not there`), ...lacking].sort();
  });
}

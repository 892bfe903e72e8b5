/**
 * The Secrets and ConfigMaps that ports of bindings name for TLS, where they stand among the manifests. The control
 * plane does not look at them, for it may not read Secrets. Nothing that is found holds their content.
 */

import { type Finding, finding, referenceTo } from '../resources/findings.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { Located, ResourceSet } from '../resources/set.ts';
import { nearest } from '../resources/suggestions.ts';
import { authoritiesProblems, type TlsProblem, tlsSecretProblems } from './tls-content.ts';

type Named = Secret | ConfigMap;
/** By namespace, then by name. */
type Known<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** @param now Unix seconds. */
export function tlsObjectFindings(set: ResourceSet, now: number): readonly Finding[] {
  const [secrets, configMaps] = [known(set.secrets), known(set.configMaps)];
  const search = createSearch();
  const ofSecret = remembered((secret: Secret) => tlsSecretProblems(secret, now));
  const ofAuthorities = remembered((map: ConfigMap, key) => authoritiesProblems(map, key, now));
  return set.bindings.flatMap(({ object: binding, origin }) => {
    const { namespace } = binding.metadata;
    const found = (field: string, problems: readonly TlsProblem[]): readonly Finding[] =>
      problems.map(({ reason, message, remedy }) =>
        finding(reason, { object: referenceTo(binding), origin, field }, message, remedy),
      );
    return (binding.spec.ports ?? []).flatMap(({ tls = {} }, index) => {
      const at = `spec.ports[${index}].tls`;
      const { secretName, caFrom } = tls;
      const findings: Finding[] = [];
      if (secretName !== undefined) {
        const secret = secrets.get(namespace)?.get(secretName);
        const problems = secret ? ofSecret(secret, '') : search('Secret', namespace, secretName, secrets);
        findings.push(...found(`${at}.secretName`, problems));
      }
      if (caFrom !== undefined) {
        const { name, key } = caFrom.configMapKeyRef;
        const map = configMaps.get(namespace)?.get(name);
        const field = `${at}.caFrom.configMapKeyRef`;
        findings.push(
          ...(map
            ? found(`${field}.key`, ofAuthorities(map, key))
            : found(`${field}.name`, search('ConfigMap', namespace, name, configMaps))),
        );
      }
      return findings;
    });
  });
}

function known<T extends Named>(objects: readonly Located<T>[]): Known<T> {
  const found = new Map<string, Map<string, T>>();
  for (const { object } of objects) {
    const { namespace, name } = object.metadata;
    const place = found.get(namespace) ?? new Map<string, T>();
    found.set(namespace, place.set(name, object));
  }
  return found;
}

/** Many bindings may name one object. */
function remembered<T extends Named>(
  look: (object: T, key: string) => readonly TlsProblem[],
): (object: T, key: string) => readonly TlsProblem[] {
  const seen = new Map<T, Map<string, readonly TlsProblem[]>>();
  return (object, key) => {
    const keys = seen.get(object) ?? new Map<string, readonly TlsProblem[]>();
    seen.set(object, keys);
    const problems = keys.get(key) ?? look(object, key);
    keys.set(key, problems);
    return problems;
  };
}

/** Names that are looked for, and others that each is compared with. */
const MOST_LOOKED_FOR = 100;
const MOST_COMPARED = 50;

/** What is not among the manifests may be in the cluster: it is only said where another one seems to be meant. */
function createSearch() {
  let looked = 0;
  return (
    kind: Named['kind'],
    namespace: string,
    name: string,
    objects: Known<Named>,
  ): readonly TlsProblem[] => {
    looked += 1;
    if (looked > MOST_LOOKED_FOR) return [];
    const unseen = (other: string, remedy: string): readonly TlsProblem[] => [
      {
        reason: 'TLSUnseen',
        message: `${kind} ${namespace}/${name} is not in these files, and ${kind} ${other} is`,
        remedy,
      },
    ];
    const names = [...(objects.get(namespace)?.keys() ?? [])].slice(0, MOST_COMPARED);
    const near = nearest(name, names);
    if (near !== undefined) {
      return unseen(
        `${namespace}/${near}`,
        `correct the name, unless ${namespace}/${name} is in the cluster`,
      );
    }
    const elsewhere = [...objects].find(([, place]) => place.has(name))?.[0];
    if (elsewhere === undefined) return [];
    return unseen(
      `${elsewhere}/${name}`,
      `pods mount what is in their own namespace alone: put it into ${namespace}, unless there is one in the cluster`,
    );
  };
}

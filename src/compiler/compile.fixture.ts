/** Manifests as short as a test wants them, compiled as the validator compiles its folder. */

import { readManifests } from '../resources/manifests.ts';
import { type CompileInput, type CompileResult, compile } from './compile.ts';

/** Manifests that begin with `spec:`, `data:` and the like, under kind and namespace/name. */
export function manifest(kind: string, id: string, rest: string, metadata = ''): string {
  const apiVersion = ['AuthenticationSource', 'ApiBinding'].includes(kind) ? 'portcullis.dev/v1alpha1' : 'v1';
  const [namespace, name] = id.split('/');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}${metadata}}\n${rest}\n`;
}

/** `jwt` and `spec` are YAML in braces' inside. */
export const source = (id: string, jwt: string, spec = ''): string =>
  manifest('AuthenticationSource', id, `spec: {jwt: {${jwt}}${spec}}`);

export const binding = (id: string, spec: string, created?: string): string =>
  manifest(
    'ApiBinding',
    id,
    `spec: {targetRefs: [{kind: Service, name: ${id.split('/')[1]}}], ${spec}}`,
    created === undefined ? '' : `, creationTimestamp: "${created}"`,
  );

export const namespace = (name: string, labels = '{}'): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: ${labels}}\n`;

export function resourcesOf(...manifests: readonly string[]): CompileInput['resources'] {
  const { set, findings } = readManifests('test.yaml', manifests.join('---\n'));
  if (findings.length > 0) throw new Error(findings.map(({ message }) => message).join('\n'));
  return set;
}

export function compileManifests(
  manifests: readonly string[],
  overrides: Partial<CompileInput> = {},
): CompileResult {
  return compile({
    resources: resourcesOf(...manifests),
    keySets: new Map(),
    allowInsecureHttp: false,
    secretRevision: () => 'revision',
    ...overrides,
  });
}

/** `severity reason field`, as tests compare findings. */
export function summaries({ findings }: CompileResult): readonly string[] {
  return findings.map(({ severity, reason, field }) => `${severity} ${reason} ${field}`);
}

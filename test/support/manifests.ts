/** The two kinds of manifests, in namespace `shop`, as short as tests want to write them. */

import { stringify } from 'yaml';

export const source = (name: string, jwt: object): object => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'AuthenticationSource',
  metadata: { name, namespace: 'shop' },
  spec: { jwt },
});

/** Guards the host `<name>.example`, unless the spec says otherwise. */
export const binding = (name: string, spec: object): object => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'ApiBinding',
  metadata: { name, namespace: 'shop' },
  spec: { targetRefs: [{ kind: 'Service', name }], hosts: [`${name}.example`], ...spec },
});

/** As the text of one file. */
export const yaml = (documents: readonly object[]): string =>
  documents.map((document) => stringify(document, { aliasDuplicateObjects: false })).join('---\n');

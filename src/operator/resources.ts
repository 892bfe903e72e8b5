/** Every kind that the operator reads or writes, as the API server has it: ours, and those of Kubernetes. */

import type { Resource } from '../kubernetes/resource.ts';
import { KUBERNETES_RESOURCES } from '../kubernetes/resources.ts';

const ours = (kind: string, plural: string): Resource => ({
  group: 'portcullis.dev',
  version: 'v1alpha1',
  kind,
  plural,
  namespaced: true,
});

export const RESOURCES = {
  ...KUBERNETES_RESOURCES,
  ApiBinding: ours('ApiBinding', 'apibindings'),
  AuthenticationSource: ours('AuthenticationSource', 'authenticationsources'),
};

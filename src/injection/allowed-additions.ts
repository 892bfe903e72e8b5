/**
 * What clusters add to every container, ours as well, and what decides nothing there: none of our programs reads these
 * variables or files. Validators speak to the control plane alone, and straight; its certificate is checked.
 */

import type { JsonObject } from '../base/json.ts';
import { textAt } from './members.ts';

/** Where the API server is, as some clouds say it; and proxies, in capitals or not. */
const PLATFORM = /^(?:KUBERNETES_[A-Z0-9_]+|(?:HTTP|HTTPS|NO|ALL)_PROXY|(?:http|https|no|all)_proxy)$/;

/** By which apps find the cloud's identity of their ServiceAccount. */
const CLOUD_IDENTITY: readonly string[] = [
  ...['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_STS_REGIONAL_ENDPOINTS'],
  ...['AWS_REGION', 'AWS_DEFAULT_REGION'],
  ...['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'],
  ...['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'],
];

/** Where Kubernetes and clouds put the tokens of ServiceAccounts. */
const TOKEN_FOLDERS: readonly string[] = [
  '/var/run/secrets/kubernetes.io/serviceaccount',
  '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount',
  '/var/run/secrets/azure/tokens',
];

/** Written out: what stands in a Secret or ConfigMap could be anything later. */
export function mayHaveVariable(variable: JsonObject): boolean {
  const name = textAt(variable.name);
  const isPlain = Object.keys(variable).every((member) => member === 'name' || member === 'value');
  return isPlain && (PLATFORM.test(name) || CLOUD_IDENTITY.includes(name));
}

export function mayHaveMount({ name: _, mountPath, readOnly, ...others }: JsonObject): boolean {
  const isPlain = Object.entries(others).every(([member, value]) => PLAIN[member] === value);
  return isPlain && readOnly === true && TOKEN_FOLDERS.includes(textAt(mountPath));
}

/** As src/injection/filled-in.ts fills them in. */
const PLAIN: Readonly<Record<string, string>> = { mountPropagation: 'None', recursiveReadOnly: 'Disabled' };

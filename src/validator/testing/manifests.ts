/** Manifests for tests of the folder feed. */

import { publicJwk } from '../../../test/support/tokens.ts';

export interface SourceText {
  readonly name?: string;
  readonly issuer?: string;
  /** Inline keys are used unless this says otherwise. */
  readonly keys?: object;
  readonly fetch?: object;
}

/** An AuthenticationSource; YAML takes JSON as it is. */
export function sourceText({
  name = 'okta',
  issuer = 'https://issuer.example',
  keys,
  fetch,
}: SourceText = {}): string {
  const jwt = {
    issuer,
    audiences: ['api'],
    keys: keys ?? { jwks: { keys: [publicJwk('RS256')] } },
    ...(fetch && { fetch }),
  };
  return document('AuthenticationSource', name, { jwt });
}

/** An ApiBinding whose only rule is for everyone. */
export function bindingText(name: string, host: string, authentication = 'None'): string {
  return document('ApiBinding', name, {
    targetRefs: [{ kind: 'Service', name }],
    hosts: [host],
    sources: [{ name: 'okta' }],
    rules: [{ name: 'all', authentication }],
  });
}

function document(kind: string, name: string, spec: object): string {
  const lines = [`apiVersion: portcullis.dev/v1alpha1`, `kind: ${kind}`, 'metadata:', `  name: ${name}`];
  return [...lines, `spec: ${JSON.stringify(spec)}`, ''].join('\n');
}

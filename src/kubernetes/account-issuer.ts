/** Reads what the API server publishes as the issuer of service-account tokens: its issuer URL and its keys. */

import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { CallOptions, KubernetesClient } from './client.ts';
import { type Failed, failed, type Outcome, ok } from './errors.ts';

export interface AccountIssuer {
  /** What `iss` of its tokens is. */
  readonly issuer: string;
  /** By which it signs, as it says; never empty. */
  readonly algorithms: readonly string[];
  /** A JSON Web Key Set, as it came. */
  readonly keySet: JsonValue;
}

const DOCUMENT = '/.well-known/openid-configuration';
/** The API server's own, whatever `jwks_uri` says: that one may stand elsewhere, for others. */
const KEYS = '/openid/v1/jwks';

export async function readAccountIssuer(
  client: Pick<KubernetesClient, 'read'>,
  options?: CallOptions,
): Promise<Outcome<AccountIssuer>> {
  const [document, keys] = await Promise.all([client.read(DOCUMENT, options), client.read(KEYS, options)]);
  if (document.kind === 'failed') return explained(document);
  if (keys.kind === 'failed') return explained(keys);
  const { issuer, id_token_signing_alg_values_supported: names } = isJsonObject(document.value)
    ? document.value
    : {};
  const list: readonly JsonValue[] = Array.isArray(names) ? names : [];
  const algorithms = list.filter((name) => typeof name === 'string');
  if (typeof issuer !== 'string' || issuer === '' || algorithms.length === 0) {
    return failed(
      'Unexpected',
      `get ${DOCUMENT}: it names no issuer or no algorithm; is this an API server?`,
    );
  }
  return ok({ issuer, algorithms, keySet: keys.value });
}

/** What to do about it, where there is something to do. */
function explained({ error }: Failed): Failed {
  const remedy = remedyFor(error.kind);
  return remedy === undefined
    ? { kind: 'failed', error }
    : failed(error.kind, `${remedy} (${error.message})`);
}

function remedyFor(kind: Failed['error']['kind']): string | undefined {
  switch (kind) {
    case 'Forbidden':
      return 'bind the ClusterRole system:service-account-issuer-discovery to our service account';
    case 'NotFound':
      return 'the API server publishes no keys: its --service-account-issuer must be an https:// URL';
    default:
      return undefined;
  }
}

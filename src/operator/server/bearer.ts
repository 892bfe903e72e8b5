/**
 * What a bearer token says of itself, before anybody has checked it: enough to refuse what cannot be good without
 * asking the API server, and never enough to let anybody in. Pure.
 */

import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.ts';

export interface Bearer {
  readonly token: string;
  /** SHA-256: what is remembered in the token's place. */
  readonly digest: string;
  /** The pod that it says it is bound to; undefined = none. */
  readonly pod: { readonly id: string; readonly uid: string } | undefined;
  /** Unix seconds; the API server checks it, here it only ends what is remembered. */
  readonly expires: number;
}

/** Those of an API server have some 1,200 characters. */
const MAX_LENGTH = 8192;
const FIELD = /^Bearer ([A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+)$/i;

/** Undefined for what is no token of a service account, whatever else it may be. */
export function readBearer(field: string | undefined): Bearer | undefined {
  if (field === undefined || field.length > MAX_LENGTH) return undefined;
  const [, token, payload] = FIELD.exec(field) ?? [];
  if (token === undefined || payload === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString());
  if (!isJsonObject(claims) || typeof claims.exp !== 'number') return undefined;
  const digest = createHash('sha256').update(token).digest('base64');
  return { token, digest, pod: podOf(claims['kubernetes.io']), expires: claims.exp };
}

function podOf(bound: JsonValue | undefined): Bearer['pod'] {
  if (!isJsonObject(bound) || !isJsonObject(bound.pod)) return undefined;
  const { namespace, pod } = bound;
  const { name, uid } = pod;
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return undefined;
  return { id: `${namespace}/${name}`, uid };
}

/** Which form a check over HTTP has, by how its path begins. */

import {
  AUTH_REQUEST_PREFIX,
  CARRYING,
  CHECK_PREFIX,
  FORWARD_AUTH_PREFIX,
  METADATA_REQUEST_PREFIX,
} from '../../sidecar/check-forms.ts';

/** A form whose request line is the proxy's own: headers tell of the client's request. */
export type ToldForm = 'forward-auth' | 'auth-request';

/** The last is no check (see METADATA_REQUEST_PREFIX). */
export type Form = 'envoy' | ToldForm | 'metadata';

/** Undefined where the path is that of no check. */
export function formOf(url: string): Form | undefined {
  // The client's path follows, so that what follows is in origin form.
  if (url.startsWith(`${CHECK_PREFIX}/`)) return 'envoy';
  if (url.startsWith(`${METADATA_REQUEST_PREFIX}/`)) return 'metadata';
  if (isBelow(url, FORWARD_AUTH_PREFIX)) return 'forward-auth';
  return isBelow(url, AUTH_REQUEST_PREFIX) ? 'auth-request' : undefined;
}

const PREFIXES = {
  'forward-auth': FORWARD_AUTH_PREFIX,
  'auth-request': AUTH_REQUEST_PREFIX,
} as const satisfies Readonly<Record<ToldForm, string>>;

/** The carriers that the proxy turns back, as the path of its checks says. */
export function carriersOfPath(url: string, form: ToldForm): readonly string[] {
  const before = `${PREFIXES[form]}${CARRYING}`;
  return url.startsWith(before) ? url.slice(before.length).split(',') : [];
}

/** What follows the prefix is the proxy's own, and says nothing of the request. */
function isBelow(url: string, prefix: string): boolean {
  if (!url.startsWith(prefix)) return false;
  const next = url.charAt(prefix.length);
  return next === '' || next === '/' || next === '?';
}

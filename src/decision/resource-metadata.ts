/** The protected resource metadata of a binding (RFC 9728): which requests ask for it, and what is answered. */

import { namespaceOf } from '../base/object-id.ts';
import type { PreparedBinding, RuledBinding } from './binding.ts';
import type { CheckRequest, HeaderPair, Served } from './decision.ts';

/** Where clients look that know of the host alone. */
const BARE_PATH = '/.well-known/oauth-protected-resource';

/**
 * Returns the metadata for its very URL, byte for byte; undefined for any other request. One with a query is that of
 * another resource (section 3.1), and another spelling of the path is judged by rules, as servers may read it otherwise.
 */
export function metadataFor(
  { isOnlyResource }: { isOnlyResource(binding: PreparedBinding): boolean },
  binding: RuledBinding,
  { pathAndQuery }: CheckRequest,
): RuledBinding['metadata'] {
  const { metadata } = binding;
  if (metadata === undefined || pathAndQuery === metadata.path) return metadata;
  return pathAndQuery === BARE_PATH && isOnlyResource(binding) ? metadata : undefined;
}

/** Bindings whose resource is the only one of its host. What other namespaces say of the host at a shared gateway takes nothing away. */
export function onlyResources(bindings: readonly PreparedBinding[]): readonly PreparedBinding[] {
  const serving = bindings.flatMap((binding) =>
    binding.kind === 'rules' && binding.metadata !== undefined
      ? [{ binding, place: `${namespaceOf(binding.policy.id)} ${binding.metadata.host}` }]
      : [],
  );
  return [...Map.groupBy(serving, ({ place }) => place).values()].flatMap((ofHost) =>
    ofHost.length === 1 ? ofHost.map(({ binding }) => binding) : [],
  );
}

const METHODS = 'GET, HEAD, OPTIONS';
/** Any page may read it: it holds nothing that is secret. */
const ANY_ORIGIN: HeaderPair = ['access-control-allow-origin', '*'];
/** Seconds for which a client need not ask again; so long a change of the issuer stays unknown. */
const DOCUMENT_AGE = 300;
/** Seconds for which a browser need not ask again whether it may. */
const PREFLIGHT_AGE = 3600;

/** What is answered to a method. */
export function metadataAnswer(method: string, body: string): Pick<Served, 'status' | 'headers' | 'body'> {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return {
        status: 200,
        headers: [
          ['content-type', 'application/json'],
          ['cache-control', `max-age=${DOCUMENT_AGE}`],
          ANY_ORIGIN,
        ],
        body,
      };
    case 'OPTIONS':
      return {
        status: 204,
        headers: [
          ['allow', METHODS],
          ANY_ORIGIN,
          ['access-control-allow-methods', 'GET, HEAD'],
          // The asterisk does not stand for this one (Fetch standard, section 3.3.4).
          ['access-control-allow-headers', '*, Authorization'],
          ['access-control-max-age', String(PREFLIGHT_AGE)],
        ],
        body: '',
      };
    default:
      return {
        status: 405,
        headers: [['allow', METHODS], ['cache-control', 'no-store'], ANY_ORIGIN],
        body: '',
      };
  }
}

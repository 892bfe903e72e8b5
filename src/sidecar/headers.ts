/** Request headers that the generated configurations set or take away, and why. */

import { OVERRIDES } from '../base/overrides.ts';
import { type ConfigObject, extension } from './config.ts';
import type { ForwardedFor } from './forwarded-for.ts';
import { mixtures, type UnderscoreHeaders } from './underscores.ts';

/** Carries, over HTTP, the port that a request came to. The validator's allowing answer removes it again. */
export const PORT_HEADER = 'x-portcullis-port';
/** Carries, over HTTP, the address that a request came from. */
export const CLIENT_HEADER = 'x-portcullis-client';

/**
 * Tells the validator, over HTTP, which carriers come to the client as what they carry; of older versions' Envoys, that
 * of 503 alone.
 */
export const CARRIES_HEADER = 'x-portcullis-carries-503';
/**
 * By status, another one that carries it, and that no answer of the validator's has otherwise. Of a status of 500 and
 * more, Envoy makes an answer of its own, without the reason; and of 200 it makes an allow.
 */
export const CARRIERS = { 503: 424, 200: 425, 204: 426 } as const;

/**
 * The peer of the TCP connection. Not DOWNSTREAM_REMOTE_ADDRESS: without `use_remote_address` that one is
 * the last entry of X-Forwarded-For, which any client can write.
 */
export const CLIENT_ADDRESS = '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%';

/** Orders to Envoy's own router, which it obeys from any caller: one request could become many. */
const ROUTER_CONTROLS = [
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
  'x-envoy-max-retries',
  'x-envoy-retriable-status-codes',
  'x-envoy-retriable-header-names',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-stream-duration-ms',
  'x-envoy-decorator-operation',
] as const;

/** What is taken from every request before it is judged, so that neither validator nor app sees it. */
export const REMOVED_BEFORE: readonly string[] = [...OVERRIDES, ...ROUTER_CONTROLS];

/** Names that must not come in by another spelling: servers and frameworks go by what stands there. */
const MISTAKABLE: readonly string[] = [
  ...OVERRIDES,
  ...['for', 'proto', 'host', 'port', 'prefix', 'client-cert'].map((what) => `x-forwarded-${what}`),
];

/** What is taken away besides: their other spellings, where they could come in. */
export const mistakable = (underscoreHeaders: UnderscoreHeaders): readonly string[] =>
  underscoreHeaders === 'Allow' ? MISTAKABLE.flatMap(mixtures) : [];

/** What a check leaves behind and the app has no use for; the first is Envoy's note on our own answer. */
export const REMOVED_AFTER: readonly string[] = [
  'x-envoy-upstream-service-time',
  PORT_HEADER,
  CLIENT_HEADER,
  CARRIES_HEADER,
];

const MUTATION = 'extensions.filters.http.header_mutation.v3.HeaderMutation';

function mutation(name: string, mutations: ConfigObject): ConfigObject {
  return extension(name, MUTATION, { mutations });
}

function set(key: string, value: string): ConfigObject {
  return { append: { header: { key, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' } };
}

const remove = (name: string): ConfigObject => ({ remove: name });

/**
 * The filter before ext_authz. `port` is the guarded port, whatever port Envoy itself listens on; undefined where
 * bindings do not differ by ports.
 */
export function headersBeforeCheck(
  port: number | undefined,
  underscoreHeaders: UnderscoreHeaders,
): ConfigObject {
  return mutation('portcullis.before_check', {
    request_mutations: [
      ...REMOVED_BEFORE.map(remove),
      ...mistakable(underscoreHeaders).map(remove),
      port === undefined ? remove(PORT_HEADER) : set(PORT_HEADER, String(port)),
      set(CLIENT_HEADER, CLIENT_ADDRESS),
      set(CARRIES_HEADER, Object.values(CARRIERS).join(', ')),
      // Only an upgrade has it here. What else it names, proxies inside the app take away: claim headers, too.
      { append: { header: { key: 'connection', value: 'Upgrade' }, append_action: 'OVERWRITE_IF_EXISTS' } },
    ],
    // Some apps put trailers among the headers. Names of claim headers, and of those of MCP, all start so, and no check
    // sees these.
    request_trailers_mutations: ['x-', 'x_', 'mcp-', 'mcp_'].map((prefix) => ({
      remove_on_match: { key_matcher: { prefix, ignore_case: true } },
    })),
  });
}

/**
 * The filter after ext_authz: so that expressions see what the client sent. Envoy's own `use_remote_address` would do
 * more, such as to write over what the gateway before it says of the scheme.
 */
export function headersAfterCheck(forwardedFor: ForwardedFor): ConfigObject {
  const client = { key: 'x-forwarded-for', value: CLIENT_ADDRESS };
  const append = { append: { header: client, append_action: 'APPEND_IF_EXISTS_OR_ADD' } };
  return mutation('portcullis.after_check', {
    request_mutations: [...REMOVED_AFTER.map(remove), ...(forwardedFor === 'Append' ? [append] : [])],
  });
}

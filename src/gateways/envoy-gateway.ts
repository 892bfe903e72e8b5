/** Envoy Gateway: the policies that make a Gateway ask a shared validator. */

import { OVERRIDES } from '../base/overrides.ts';
import { CHECK_TIMEOUT } from '../sidecar/authorizer.ts';
import { type ConfigObject, seconds } from '../sidecar/config.ts';
import { CLIENT_HEADER, mistakable, PORT_HEADER } from '../sidecar/headers.ts';
import type { UnderscoreHeaders } from '../sidecar/underscores.ts';
import { OTHER_PROTOCOLS } from '../sidecar/upgrades.ts';
import { backendEncryption, serviceGrant } from './backend.ts';
import type { Piece } from './piece.ts';
import type { NamespacedName } from './service.ts';

export interface EnvoyGatewayOptions {
  readonly service: NamespacedName;
  /** The Service's host name where it is asked over TLS; undefined = plain text. */
  readonly tlsName: string | undefined;
  readonly port: number;
  readonly gateway: NamespacedName;
  readonly underscoreHeaders: UnderscoreHeaders;
}

const ACTIONS = {
  Drop: 'DropHeader',
  Reject: 'RejectRequest',
  Allow: 'Allow',
} as const satisfies Readonly<Record<UnderscoreHeaders, string>>;

const GROUP = 'gateway.envoyproxy.io';
const API_VERSION = `${GROUP}/v1alpha1`;
const FROM = { group: GROUP, kind: 'SecurityPolicy' } as const;

/**
 * Of a request that nobody has judged: every allow takes this header away. While the SecurityPolicy names what is not
 * there, as a Service without pods, Envoy Gateway takes the check out of the listener, and answers 500; for a moment when it
 * is put in again, the routes are there without it. What refuses the mark stays in place all the time.
 */
const MARK = { name: CLIENT_HEADER, value: 'undecided' } as const;

/**
 * Always over gRPC: over HTTP, Envoy Gateway hands all of a denial's headers to the client, those for the access log
 * among them, and has to know each claim header by name.
 */
export function envoyGatewayPieces({
  service,
  tlsName,
  port,
  gateway,
  underscoreHeaders,
}: EnvoyGatewayOptions): readonly Piece[] {
  // A name for each Gateway: another one's, in the same namespace, must not take the place of this one's.
  const metadata = { name: `portcullis-${gateway.name}`, namespace: gateway.namespace };
  const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway.name }];
  const isElsewhere = service.namespace !== gateway.namespace;
  const backend: ConfigObject = { group: '', kind: 'Service', ...service, port };
  return [
    {
      heading: [
        'A SecurityPolicy of an HTTPRoute replaces the one of its Gateway, and would open the route: name extAuth in',
        'each of them too. statusOnError and includeRouteMetadata, by which the validators are told which route matched,',
        'came with Envoy Gateway 1.8: an older one wants them left out, answers 403, and has hosts choose the binding.',
        `Nothing passes without a decision: every request is marked (${MARK.name}, below), and an allow takes the mark away.`,
      ],
      document: {
        apiVersion: API_VERSION,
        kind: 'SecurityPolicy',
        metadata,
        spec: {
          targetRefs,
          extAuth: {
            grpc: { backendRefs: [backend] },
            failOpen: false,
            statusOnError: 503,
            // Ten seconds, where nothing is said.
            timeout: seconds(CHECK_TIMEOUT),
            // Another route than the one that was judged would let the request pass by the wrong binding.
            recomputeRoute: false,
            includeRouteMetadata: true,
          },
          authorization: {
            defaultAction: 'Allow',
            rules: [
              {
                name: 'undecided',
                action: 'Deny',
                principal: { headers: [{ name: MARK.name, values: [MARK.value] }] },
              },
            ],
          },
        },
      },
    },
    {
      heading: [
        'A Gateway obeys one ClientTrafficPolicy: where there is one already, put this into it. The headers could',
        'make an app serve another request than the one that was judged. Offers to change to another protocol than',
        'WebSocket are passed over, which Envoy would answer with a bare 403; that came with Envoy Gateway 1.8, too.',
      ],
      document: {
        apiVersion: API_VERSION,
        kind: 'ClientTrafficPolicy',
        metadata,
        spec: {
          targetRefs,
          http1: {
            ignoredUpgradeTypes: OTHER_PROTOCOLS.map((value) => ({ type: 'RegularExpression', value })),
          },
          headers: {
            withUnderscoresAction: ACTIONS[underscoreHeaders],
            earlyRequestHeaders: {
              set: [MARK],
              remove: [...OVERRIDES, ...mistakable(underscoreHeaders), PORT_HEADER],
            },
          },
        },
      },
    },
    ...(tlsName === undefined ? [] : [backendEncryption(service, tlsName)]),
    ...(isElsewhere
      ? [serviceGrant(`portcullis.${gateway.namespace}.${gateway.name}`, service, FROM, [gateway.namespace])]
      : []),
  ];
}

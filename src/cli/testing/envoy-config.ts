/** What `portcullis envoy-config` prints, and the fields of other projects' APIs that are used in it. */

import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { list, object, oneOf, port, type Shape, text } from '../../policy/shape.ts';
import { envoyConfigCommand } from '../envoy-config/command.ts';
import { runCommand } from './run.ts';

/** The documents that it prints. */
export async function printed(...args: string[]): Promise<readonly unknown[]> {
  const { code, out, err } = await runCommand(envoyConfigCommand, ['--for', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return parseAllDocuments(out).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

const matching =
  (pattern: RegExp): Shape<string> =>
  (value, at) => {
    expect(text(value, at)).toMatch(pattern);
    return text(value, at);
  };
const flag =
  (wanted: boolean): Shape<boolean> =>
  (value) => {
    expect(value).toBe(wanted);
    return wanted;
  };
const status503: Shape<number> = (value) => {
  expect(value).toBe(503);
  return 503;
};
const name = matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
const header = matching(/^[a-z0-9-]+$/);
const headerPattern = matching(/^[a-z0-9_-]+\*?$/);
const metadata = object({ name, namespace: name });
const gatewayRef = object({ group: oneOf('gateway.networking.k8s.io'), kind: oneOf('Gateway'), name });
/** Protobuf's, and the Gateway API's: both take this. */
const second = oneOf('1s');

/** The fields of other projects' APIs that are used here, as their schemas have them. */
const provider = {
  service: matching(/^[a-z0-9.-]+$/),
  port,
  timeout: second,
  failOpen: flag(false),
  statusOnError: oneOf('503'),
};
export const meshConfig = object({
  extensionProviders: list(
    object(
      { name },
      {
        envoyExtAuthzGrpc: object(provider),
        envoyExtAuthzHttp: object({
          ...provider,
          pathPrefix: oneOf('/envoy'),
          includeRequestHeadersInCheck: list(headerPattern),
          includeAdditionalHeadersInCheck: object({
            'x-portcullis-port': matching(/^\d+$/),
            'x-portcullis-client': matching(/^%[A-Z_]+%$/),
            'x-portcullis-carries-503': oneOf('none'),
          }),
          headersToUpstreamOnAllow: list(headerPattern),
          headersToDownstreamOnDeny: list(headerPattern),
        }),
      },
    ),
  ),
});
export const authorizationPolicy = object({
  apiVersion: oneOf('security.istio.io/v1'),
  kind: oneOf('AuthorizationPolicy'),
  metadata,
  spec: object(
    { action: oneOf('CUSTOM'), provider: object({ name }), rules: list(object({})) },
    {
      targetRefs: list(gatewayRef),
      selector: object({ matchLabels: object({ istio: oneOf('ingressgateway') }) }),
    },
  ),
});
export const securityPolicy = object({
  apiVersion: oneOf('gateway.envoyproxy.io/v1alpha1'),
  kind: oneOf('SecurityPolicy'),
  metadata,
  spec: object({
    targetRefs: list(gatewayRef),
    extAuth: object({
      grpc: object({
        backendRefs: list(object({ group: oneOf(''), kind: oneOf('Service'), name, namespace: name, port })),
      }),
      failOpen: flag(false),
      statusOnError: status503,
      timeout: second,
      recomputeRoute: flag(false),
      includeRouteMetadata: flag(true),
    }),
    authorization: object({
      defaultAction: oneOf('Allow'),
      rules: list(
        object({
          name,
          action: oneOf('Deny'),
          principal: object({ headers: list(object({ name: header, values: list(matching(/^\w+$/)) })) }),
        }),
      ),
    }),
  }),
});
export const clientTrafficPolicy = object({
  apiVersion: oneOf('gateway.envoyproxy.io/v1alpha1'),
  kind: oneOf('ClientTrafficPolicy'),
  metadata,
  spec: object({
    targetRefs: list(gatewayRef),
    http1: object({
      ignoredUpgradeTypes: list(object({ type: oneOf('RegularExpression'), value: matching(/^.+$/) })),
    }),
    headers: object({
      withUnderscoresAction: oneOf('DropHeader'),
      earlyRequestHeaders: object({
        set: list(object({ name: header, value: matching(/^\w+$/) })),
        remove: list(header),
      }),
    }),
  }),
});
export const referenceGrant = object({
  apiVersion: oneOf('gateway.networking.k8s.io/v1beta1'),
  kind: oneOf('ReferenceGrant'),
  metadata: object({ name: matching(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/), namespace: name }),
  spec: object({
    from: list(
      object({ group: oneOf('gateway.envoyproxy.io'), kind: oneOf('SecurityPolicy'), namespace: name }),
    ),
    to: list(object({ group: oneOf(''), kind: oneOf('Service'), name })),
  }),
});

export const HOST = 'portcullis-gateway.portcullis-system.svc.cluster.local';
export const destinationRule = object({
  apiVersion: oneOf('networking.istio.io/v1'),
  kind: oneOf('DestinationRule'),
  metadata,
  spec: object({
    host: oneOf(HOST),
    trafficPolicy: object({
      tls: object({
        mode: oneOf('SIMPLE'),
        credentialName: oneOf('configmap://portcullis-system/portcullis-ca'),
        sni: oneOf(HOST),
        subjectAltNames: list(oneOf(HOST)),
      }),
    }),
  }),
});
export const backendTlsPolicy = object({
  apiVersion: oneOf('gateway.networking.k8s.io/v1'),
  kind: oneOf('BackendTLSPolicy'),
  metadata,
  spec: object({
    targetRefs: list(object({ group: oneOf(''), kind: oneOf('Service'), name })),
    validation: object({
      caCertificateRefs: list(object({ group: oneOf(''), kind: oneOf('ConfigMap'), name })),
      hostname: oneOf(HOST),
    }),
  }),
});

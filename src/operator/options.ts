/** The operator's command line, and the environment of its pod. */

import { isIP } from 'node:net';
import { ENVOY_IMAGE, productImage } from '../injection/images.ts';
import type { InjectionSettings } from '../injection/request.ts';
import { PLATFORMS, type Platform } from '../injection/users.ts';
import { DEFAULT_DENIED_CIDRS, type DenyList, denyList } from '../issuers/deny.ts';
import { isGatewayName } from '../policy/exchange.ts';
import type { ListenAddress } from '../process/address.ts';
import { parseControlPlaneUrl } from '../process/control-plane-url.ts';
import { addressFlag, listFlag, readFlags } from '../process/flags.ts';
import { StartError, UsageError } from '../process/start-error.ts';
import { VERSION } from '../telemetry/version.ts';
import type { GatewayService } from './certificates/keeper.ts';

export interface OperatorOptions {
  /** The control plane's own namespace. */
  readonly namespace: string | undefined;
  /** Only these are looked at; undefined = all. */
  readonly watched: readonly string[] | undefined;
  readonly webhook: NetworkAddress;
  readonly policy: NetworkAddress;
  readonly admin: ListenAddress;
  /** Names of the Services in front of them; the policy Service is also the EndpointSlice's. */
  readonly webhookService: string;
  readonly policyService: string;
  /** Webhook configurations whose `caBundle` and paths are kept. */
  readonly webhookConfiguration: string;
  /** Whether others make the certificate of the servers. */
  readonly providedCertificates: boolean;
  /** Services of gateways' validators, which are given certificates. */
  readonly gatewayServices: readonly GatewayService[];
  readonly allowInsecureHttp: boolean;
  readonly deny: DenyList;
  readonly sidecars: SidecarOptions;
}

/** What injected pods are given. */
export interface SidecarOptions
  extends Pick<
    InjectionSettings,
    'image' | 'envoyImage' | 'imagePullPolicy' | 'imagePullSecrets' | 'platform'
  > {
  /** Undefined: the policy Service. */
  readonly controlPlane: string | undefined;
}

export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

export type OperatorCommandLine =
  | { readonly kind: 'run'; readonly options: OperatorOptions }
  | { readonly kind: 'help' | 'version' };

const IMAGE = productImage(VERSION);
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;

export const OPERATOR_HELP = `Usage: portcullis operator [options]

The control plane: follows AuthenticationSources and ApiBindings, gives validators their policies, judges
objects and puts sidecars into pods at admission, and writes status. Finds its cluster by KUBECONFIG, or in the pod it
runs in.

  --namespace NAME            its own namespace      (default: that of the pod or kubeconfig, else portcullis-system)
  --watch-namespaces LIST     only these; comma-separated                                           (default: all)
  --webhook ADDR              admission, over TLS                                      (default 0.0.0.0:9443)
  --policy ADDR               policies for validators, over TLS                        (default 0.0.0.0:9444)
  --admin ADDR                /healthz /readyz /metrics                                (default 0.0.0.0:9445)
  --webhook-service NAME      the Service in front of --webhook                        (default portcullis-webhook)
  --policy-service NAME       the Service in front of --policy                         (default portcullis-policy)
  --webhook-configuration NAME  the webhook configurations to give caBundle and paths  (default portcullis)
  --provided-certificates     others, such as cert-manager, make the Secret portcullis-tls: tls.crt, tls.key, ca.crt
  --gateway-service NAMESPACE/NAME  of a gateway's validators: keeps a certificate for it in the Secret
                              portcullis-tls-NAME there; may be given more than once
  --image NAME                of validator and capture in pods            (default ${IMAGE})
  --envoy-image NAME          (default ${ENVOY_IMAGE})
  --image-pull-policy POLICY  of both: Always, IfNotPresent or Never            (default: Kubernetes decides by the tag)
  --image-pull-secret NAME    a Secret in the namespace of the pods, for both; may be given more than once
  --platform NAME             Kubernetes, or OpenShift: sidecars run as users of their namespace's own range
                              (default Kubernetes)
  --control-plane URL         where validators find it                    (default https://SERVICE.NAMESPACE.svc of
                              --policy-service and --namespace)
  --allow-insecure-http       fetch keys over http:// too
  --fetch-deny-cidrs LIST     never connect to these when fetching keys; comma-separated
                              (default: loopback, link-local, unspecified, multicast)
  --version                   show the version
  --help                      show this

POD_NAME, POD_NAMESPACE and POD_IP tell which pod this is.
`;

const OPTIONS = {
  namespace: { type: 'string' },
  'watch-namespaces': { type: 'string' },
  webhook: { type: 'string', default: '0.0.0.0:9443' },
  policy: { type: 'string', default: '0.0.0.0:9444' },
  admin: { type: 'string', default: '0.0.0.0:9445' },
  'webhook-service': { type: 'string', default: 'portcullis-webhook' },
  'policy-service': { type: 'string', default: 'portcullis-policy' },
  'webhook-configuration': { type: 'string', default: 'portcullis' },
  'provided-certificates': { type: 'boolean', default: false },
  'gateway-service': { type: 'string', multiple: true },
  image: { type: 'string', default: IMAGE },
  'envoy-image': { type: 'string', default: ENVOY_IMAGE },
  'image-pull-policy': { type: 'string' },
  'image-pull-secret': { type: 'string', multiple: true },
  platform: { type: 'string', default: 'Kubernetes' },
  'control-plane': { type: 'string' },
  'allow-insecure-http': { type: 'boolean', default: false },
  'fetch-deny-cidrs': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Reads what follows `portcullis operator`. Throws a UsageError. */
export function readOperatorOptions(args: readonly string[]): OperatorCommandLine {
  const values = readFlags('operator', args, OPTIONS);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const admin = listenAddress('admin', values.admin);
  return {
    kind: 'run',
    options: {
      namespace: values.namespace === undefined ? undefined : name('namespace', values.namespace),
      watched: watched(values['watch-namespaces']),
      webhook: networkAddress('webhook', values.webhook),
      policy: networkAddress('policy', values.policy),
      admin,
      webhookService: name('webhook-service', values['webhook-service']),
      policyService: name('policy-service', values['policy-service']),
      webhookConfiguration: name('webhook-configuration', values['webhook-configuration']),
      providedCertificates: values['provided-certificates'],
      gatewayServices: gatewayServices(values['gateway-service'], values['provided-certificates']),
      allowInsecureHttp: values['allow-insecure-http'],
      deny: deny(listFlag(values['fetch-deny-cidrs'])),
      sidecars: {
        image: image('image', values.image),
        envoyImage: image('envoy-image', values['envoy-image']),
        imagePullPolicy: pullPolicy(values['image-pull-policy']),
        imagePullSecrets: (values['image-pull-secret'] ?? []).map((one) => name('image-pull-secret', one)),
        platform: platform(values.platform),
        controlPlane: controlPlane(values['control-plane']),
      },
    },
  };
}

/** @param namespace the control plane's own. */
export function sidecarSettings(
  { sidecars, policyService }: Pick<OperatorOptions, 'sidecars' | 'policyService'>,
  namespace: string,
): InjectionSettings {
  const { controlPlane = `https://${policyService}.${namespace}.svc` } = sidecars;
  return { ...sidecars, controlPlane, version: VERSION };
}

/** Where validators are sent while this replica leads. Throws a StartError. */
export function podAddress({ POD_IP: address = '' }: Readonly<Record<string, string | undefined>>): string {
  if (isIP(address) !== 0) return address;
  throw new StartError(
    'POD_IP must be the address of this pod, to which validators are sent: set it from the field status.podIP.',
  );
}

function listenAddress(flag: string, text: string): ListenAddress {
  const address = addressFlag(flag, text);
  if (address.kind === 'off') throw new UsageError(`--${flag} cannot be off.`);
  return address;
}

function networkAddress(flag: string, text: string): NetworkAddress {
  const address = listenAddress(flag, text);
  if (address.kind === 'unix') throw new UsageError(`--${flag} must be host:port: others have to reach it.`);
  return { host: address.host, port: address.port };
}

/** Of a namespace, a Service or the like (RFC 1123). */
function name(flag: string, text: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new UsageError(`--${flag} is not a name of Kubernetes: ${JSON.stringify(text)}.`);
}

function image(flag: string, text: string): string {
  if (/^[^\s]+$/.test(text)) return text;
  throw new UsageError(`--${flag} is not the name of an image: ${JSON.stringify(text)}.`);
}

function pullPolicy(text: string | undefined): InjectionSettings['imagePullPolicy'] {
  const policy = PULL_POLICIES.find((candidate) => candidate === text);
  if (text === undefined || policy !== undefined) return policy;
  throw new UsageError(`--image-pull-policy is ${PULL_POLICIES.join(', ')}, not ${JSON.stringify(text)}.`);
}

function platform(text: string): Platform {
  const known = PLATFORMS.find((candidate) => candidate === text);
  if (known !== undefined) return known;
  throw new UsageError(`--platform is ${PLATFORMS.join(' or ')}, not ${JSON.stringify(text)}.`);
}

function controlPlane(text: string | undefined): string | undefined {
  const parsed = text === undefined ? undefined : parseControlPlaneUrl(text);
  if (parsed?.kind === 'refused') throw new UsageError(`--control-plane ${parsed.problem}.`);
  return text;
}

function gatewayServices(texts: readonly string[] = [], isProvided: boolean): readonly GatewayService[] {
  if (isProvided && texts.length > 0) {
    throw new UsageError(
      '--gateway-service goes without --provided-certificates: whoever provides those makes these too.',
    );
  }
  return texts.map((text) => {
    const [namespace = '', name = ''] = text.split('/');
    if (isGatewayName(text)) return { namespace, name };
    throw new UsageError(`--gateway-service must be NAMESPACE/NAME, not ${JSON.stringify(text)}.`);
  });
}

function watched(text: string | undefined): readonly string[] | undefined {
  const names = listFlag(text)?.map((one) => name('watch-namespaces', one));
  if (names?.length === 0)
    throw new UsageError('--watch-namespaces names no namespace: leave it out to watch all.');
  return names;
}

function deny(cidrs: readonly string[] | undefined): DenyList {
  const denied = denyList(cidrs ?? DEFAULT_DENIED_CIDRS);
  if (denied.kind === 'refused') throw new UsageError(`--fetch-deny-cidrs: ${denied.problem}`);
  return denied.list;
}

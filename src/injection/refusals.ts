/** The one table of reasons why a pod cannot be guarded, so that it must not start: for people, admission and docs. */

interface RefusalEntry {
  /** Goes on after the pod's name, or stands alone: without a capital and a full stop, as the remedy. */
  readonly sentence: string;
  readonly remedy: string;
}

const OWN_ENVOY =
  'let the mesh ask the validator and set the annotation portcullis.dev/capture: None (portcullis envoy-config prints how), or take the pod out of the mesh (sidecar.istio.io/inject: "false")';

export const REFUSALS = {
  HostNetwork: {
    sentence: 'it uses the network of its node (hostNetwork), where nothing can be captured for it alone',
    remedy: 'remove hostNetwork, or no longer target the workload',
  },
  Windows: {
    sentence: 'it runs on Windows, for which there are no sidecars',
    remedy: 'guard it at a gateway instead, and no longer target the workload',
  },
  DnsUnusable: {
    sentence:
      'its DNS settings do not lead its validator to the control plane, so that it would never be ready',
    remedy:
      "leave dnsPolicy at ClusterFirst; or with dnsPolicy None name the cluster's DNS server in dnsConfig.nameservers and the cluster's domain (cluster.local) in dnsConfig.searches; or give the control plane's name and the ClusterIP of its Service in hostAliases",
  },
  StaticPod: {
    sentence: 'it is the mirror of a static pod, which its kubelet runs as it is',
    remedy: 'run it as a Deployment or DaemonSet, or no longer target it',
  },
  IstioSidecar: { sentence: "Istio's sidecar takes its traffic already, or will", remedy: OWN_ENVOY },
  IstioAmbient: {
    sentence: "Istio's ambient mode hands requests to it inside of the pod, past any capture",
    remedy:
      'label the pod istio.io/dataplane-mode: none, or guard it at its waypoint and set the annotation portcullis.dev/capture: None',
  },
  LinkerdSidecar: {
    sentence: "Linkerd's sidecar takes its traffic already, or will",
    remedy:
      'take the pod out of the mesh (linkerd.io/inject: disabled), or run an Envoy of your own in it and set the annotation portcullis.dev/capture: None',
  },
  MeshSidecar: {
    sentence:
      'the proxy of a mesh is in the pod, or will be, and takes its traffic or hands requests to the app past any capture',
    remedy:
      'keep the mesh out of the pod (docs/injection.md says by which mark), or guard the app at a gateway; where the proxy is an Envoy that asks the validator, set the annotation portcullis.dev/capture: None',
  },
  NetAdminForbidden: {
    sentence: 'capture Redirect needs NET_ADMIN, which the Pod Security level of its namespace forbids',
    remedy:
      'set the annotation portcullis.dev/capture: NamedPort on the pod or its namespace, with a NetworkPolicy that closes the bare port; or allow the level privileged there',
  },
  NameTaken: {
    sentence: 'it uses a name that belongs to the sidecars',
    remedy: 'rename it; names that begin with portcullis- are better left alone',
  },
  ProcessesShared: {
    sentence:
      "it shares processes with the sidecars (shareProcessNamespace or hostPID), and a container of it could become the validator's user, who can read its token and the secrets of its policy",
    remedy:
      'let each container drop ALL capabilities and add none but NET_BIND_SERVICE or KILL, or run as non-root without allowPrivilegeEscalation; or remove shareProcessNamespace; a copy by kubectl debug is to have --share-processes=false',
  },
  PortTaken: {
    sentence:
      'it uses a port that belongs to the sidecars (15903 to 15950; with capture None also 9001 and 9002)',
    remedy:
      "let the app listen on another port; with capture None the annotations portcullis.dev/validator-http-port and portcullis.dev/validator-grpc-port move the validator, and the pod's own Envoy has to ask there",
  },
  TooManyPorts: {
    sentence: 'more ports are to be guarded than there are listeners for (45)',
    remedy: 'name the ports to guard in spec.ports of the binding',
  },
  PortsUnknown: {
    sentence: 'it declares no TCP port, and no binding names one that could be guarded',
    remedy:
      "declare the containerPort, with capture NamedPort by a name that is the Service's targetPort; with capture Redirect it will do to name it in spec.ports of the binding",
  },
  PortIsTLS: {
    sentence:
      'a guarded port speaks TLS, by its name, its appProtocol or a probe, and requests in TLS cannot be judged',
    remedy:
      'say how it is spoken in spec.ports of the binding: {port: 8443, protocol: HTTPS} for an app that speaks TLS (callers then speak plain HTTP, or TLS with tls.secretName), {port: 8443, protocol: HTTP} for one that does not, in spite of the name',
  },
  PortUnnamed: {
    sentence: 'capture NamedPort moves names of ports to Envoy, and a guarded port has none',
    remedy:
      "give the container's port a name, and use it as the Service's targetPort; or use capture Redirect",
  },
  PortNameShared: {
    sentence: 'capture NamedPort moves names of ports to Envoy, and two ports of the pod share one',
    remedy: 'give each port of the pod a name of its own',
  },
  HostPort: {
    sentence: 'a guarded port has a hostPort, which leads past Envoy with capture NamedPort',
    remedy: 'remove the hostPort, or use capture Redirect',
  },
  NumericTargetPort: {
    sentence: 'with capture NamedPort a Service must not target its port by number, past Envoy',
    remedy:
      "give the container's port a name, and use it as the Service's targetPort; or use capture Redirect",
  },
  ProbeUnusable: {
    sentence: 'a probe of a guarded port cannot be made as it is written, by its scheme or by a header',
    remedy: 'write scheme HTTP or HTTPS, and headers with names of HTTP and values in Latin letters',
  },
  LabelUnknown: {
    sentence: 'its label portcullis.dev/inject says neither "true" nor "false"',
    remedy: 'write one of the two, or remove the label',
  },
  CaptureUnknown: {
    sentence: 'the annotation portcullis.dev/capture says none of Redirect, NamedPort and None',
    remedy: 'write one of the three, or remove the annotation: the default is Redirect',
  },
  AnnotationUnknown: {
    sentence: 'an annotation says what cannot be chosen',
    remedy: 'write one of the words that it can say, or remove it',
  },
  QuantityInvalid: {
    sentence: "an annotation for the sidecars' resources cannot be used",
    remedy: 'write a quantity such as 100m or 128Mi, and a request no higher than its limit',
  },
  InjectionBroken: {
    sentence:
      'its label portcullis.dev/injected says that it has sidecars, and what they replaced cannot be read from them',
    remedy: 'apply the manifest as it was before injection, without that label',
  },
} as const satisfies Readonly<Record<string, RefusalEntry>>;

export type RefusalReason = keyof typeof REFUSALS;

/** What only admission can see, beside all of those. */
export const ADMISSION_REFUSALS = {
  BindingsUnknown: {
    sentence: 'the control plane could not read which bindings target it',
    remedy: 'try again in some seconds, as its controller does by itself',
  },
  SidecarsChanged: {
    sentence:
      'it is not as injection has left it: a webhook that was called later has changed it, or a binding was applied at this very moment',
    remedy:
      'create it anew; if it is refused again, let the other webhook leave out the containers portcullis-capture, portcullis-validator and portcullis-envoy (docs/injection.md says how, for those that are widely used), and the probes, ports and volumes of guarded pods',
  },
  RelabelledOpen: {
    sentence:
      'it runs without sidecars, so that it would answer without a guard as soon as it had these labels',
    remedy: 'create it anew with these labels, or label it portcullis.dev/inject: "false" to have it so',
  },
} as const satisfies Readonly<Record<string, RefusalEntry>>;

export type AdmissionRefusalReason = keyof typeof ADMISSION_REFUSALS;

export interface InjectionRefusal {
  readonly reason: RefusalReason | AdmissionRefusalReason;
  readonly message: string;
  readonly remedy: string;
}

const TABLE = { ...REFUSALS, ...ADMISSION_REFUSALS };

/** @param detail what it is about, such as `container web`. */
export function injectionRefusal(reason: InjectionRefusal['reason'], detail?: string): InjectionRefusal {
  const { sentence, remedy } = TABLE[reason];
  return { reason, message: detail === undefined ? sentence : `${sentence}: ${detail}`, remedy };
}

/** `it …; remedy (Reason). Besides, …` */
export const refusalsText = (refusals: readonly InjectionRefusal[]): string =>
  refusals.map(({ message, remedy, reason }) => `${message}; ${remedy} (${reason})`).join('. Besides, ');

/** What an injected pod is made of: the names, ports, paths and users that its parts agree on. */

/** Of a namespace: see namespace.ts. */
export const INJECTION_LABEL = 'portcullis.dev/injection';
export const INJECT_LABEL = 'portcullis.dev/inject';
export const INJECTED_LABEL = 'portcullis.dev/injected';
export const CAPTURE_ANNOTATION = 'portcullis.dev/capture';
/** See src/sidecar/underscores.ts. */
export const UNDERSCORES_ANNOTATION = 'portcullis.dev/underscore-headers';
/** See src/sidecar/forwarded-for.ts. */
export const FORWARDED_FOR_ANNOTATION = 'portcullis.dev/forwarded-for';
/** Capture None: see check-ports.ts. */
export const HTTP_PORT_ANNOTATION = 'portcullis.dev/validator-http-port';
export const GRPC_PORT_ANNOTATION = 'portcullis.dev/validator-grpc-port';
/** Capture NamedPort gives a port's name to Envoy; which port had it stands here: `http=8080,grpc=9090`. */
export const MOVED_PORTS_ANNOTATION = 'portcullis.dev/moved-ports';
/** The ports that have an Envoy listener: `8080,9090`. A binding that came later may name others. */
export const CAPTURED_PORTS_ANNOTATION = 'portcullis.dev/captured-ports';
/** What `spec.resources` was, which are raised by those of the sidecars: JSON. */
export const POD_RESOURCES_ANNOTATION = 'portcullis.dev/pod-resources';
/** How the pod was written, where nothing else shows it any more: see written.ts. */
export const WRITTEN_ANNOTATION = 'portcullis.dev/written';
/** Of a workload whose selector `portcullis inject` has written out: see src/cli/inject-selectors.ts. */
export const SELECTOR_ANNOTATION = 'portcullis.dev/written-selector';
/** Taken away with the sidecars. */
export const OWN_MARKS: readonly string[] = [
  MOVED_PORTS_ANNOTATION,
  CAPTURED_PORTS_ANNOTATION,
  POD_RESOURCES_ANNOTATION,
  WRITTEN_ANNOTATION,
];

export const CAPTURE_CONTAINER = 'portcullis-capture';
export const VALIDATOR_CONTAINER = 'portcullis-validator';
export const ENVOY_CONTAINER = 'portcullis-envoy';
/** In the order in which they start. */
export const OWN_CONTAINERS: readonly string[] = [CAPTURE_CONTAINER, VALIDATOR_CONTAINER, ENVOY_CONTAINER];

/** Envoy's bootstrap and the validator's socket: the one volume that both mount. */
export const SHARED_VOLUME = 'portcullis-shared';
export const STATE_VOLUME = 'portcullis-state';
export const TOKEN_VOLUME = 'portcullis-token';
export const CA_VOLUME = 'portcullis-ca';
/** Envoy's alone: its administration listens there. */
export const COUNTERS_VOLUME = 'portcullis-counters';
/** Envoy's alone: certificates, keys and authorities of ports that speak TLS. */
export const TLS_VOLUME = 'portcullis-tls';
export const OWN_VOLUMES: readonly string[] = [
  ...[SHARED_VOLUME, COUNTERS_VOLUME, TLS_VOLUME, STATE_VOLUME, TOKEN_VOLUME, CA_VOLUME],
];

const SHARED_FOLDER = '/var/run/portcullis/shared';
/** Where the validator listens, and Envoy asks. */
export const SOCKET_PATH = `${SHARED_FOLDER}/validator.sock`;
export const BOOTSTRAP_PATH = `${SHARED_FOLDER}/envoy.json`;
const COUNTERS_FOLDER = '/var/run/portcullis/counters';
export const ENVOY_ADMIN_PATH = `${COUNTERS_FOLDER}/admin.sock`;
/** Where the validator looks when its environment names no other places. */
export const MOUNT_PATHS = {
  shared: SHARED_FOLDER,
  counters: COUNTERS_FOLDER,
  tls: '/var/run/portcullis/tls',
  state: '/var/run/portcullis/state',
  token: '/var/run/secrets/portcullis.dev',
  ca: '/var/run/portcullis/ca',
} as const;

/** Every port from here to LAST_PORT is the sidecars'. */
export const FIRST_OWN_PORT = 15_903;
export const ADMIN_PORT = 15_903;
export const PROBE_PORT = 15_904;
/** Envoy's counters. */
export const COUNTERS_PORT = 15_905;
export const FIRST_LISTENER = 15_906;
export const LAST_PORT = 15_950;
/**
 * Where the pod's own Envoy asks the validator, unless annotations say otherwise: with capture None it shares no volume
 * with it.
 */
export const OWN_ENVOY_HTTP_PORT = 9001;
export const OWN_ENVOY_GRPC_PORT = 9002;

/**
 * Not the users that images commonly run as: an app of the same user could look into the validator's process where
 * the pod shares its process namespace.
 */
export const VALIDATOR_USER = 64_903;
export const ENVOY_USER = 64_906;

export const TOKEN_AUDIENCE = 'portcullis';
export const TOKEN_SECONDS = 3600;

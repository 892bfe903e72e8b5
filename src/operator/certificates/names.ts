/** Names, labels and lifetimes of the operator's certificates. Pure. */

/** The Secret with the authority's keys. */
export const AUTHORITY_SECRET = 'portcullis-ca';
/** The Secret with what the servers of all replicas show. */
export const SERVER_SECRET = 'portcullis-tls';
/** The Secret with the keys in the paths of the webhooks. */
export const WEBHOOK_SECRET = 'portcullis-webhook';
/** The key, in ConfigMap CA_CONFIG_MAP of src/sidecar, of what their callers trust. */
export const BUNDLE_KEY = 'ca.crt';

/** Begins the name of each authority that was made here: a foreign one is not signed with. */
export const AUTHORITY_SUBJECT = 'CN=portcullis-ca-';

/** Stands on what the operator has made, and may therefore remove. */
export const OURS = { 'app.kubernetes.io/managed-by': 'portcullis' } as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In milliseconds, all of them. */
export const CERTIFICATE_TIMES = {
  /** Certificates are valid from this long before they are made: not all clocks are right. */
  backdated: 5 * MINUTE,
  authorityLife: 365 * DAY,
  /** Before the end of its life an authority is replaced, so that an operator may be away for a while. */
  authorityRenewal: 90 * DAY,
  serverLife: 30 * DAY,
  serverRenewal: 10 * DAY,
  /** For this long callers trust the new authority before it signs, and the old one after it has signed the last. */
  overlap: DAY,
  /** For this long a rotation waits for places where the new authority cannot be published. */
  patience: 45 * DAY,
  /** Before the end of the old authority's life it waits no longer. */
  lastCall: 15 * DAY,
  /** For this long the key in the paths of the webhooks is the same; the one before is accepted for as long again. */
  pathKeyLife: DAY,
  /** What was made this far in the future was made by a clock that was wrong, or is seen by one that is. */
  skew: HOUR,
  /** Clocks are set on and back: timers alone are not believed. */
  longestNap: HOUR,
} as const;

/** The Secret with what a gateway's validators show, in the namespace of their Service. */
export const gatewaySecret = (service: string): string => `portcullis-tls-${service}`;

/** What callers in the cluster may call the Services. */
export function serviceNames(
  services: readonly string[],
  namespace: string,
  clusterDomain = 'cluster.local',
): readonly string[] {
  return services.flatMap((service) => [
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.${clusterDomain}`,
  ]);
}

/** What a replica's servers show, followed in its Secret, so that they never have to be restarted for it. */

import type { Clock } from '../../base/clock.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { Cached, KubernetesObject } from '../../kubernetes/object.ts';
import { startReflector } from '../../kubernetes/reflector.ts';
import type { CertificateSource, ServerCertificate } from '../../process/tls.ts';
import { RESOURCES } from '../resources.ts';
import { readSecretData, readServer } from './authority.ts';
import { readCertificates } from './certificate.ts';
import { SERVER_SECRET } from './names.ts';

export interface CertificateFollower {
  /** Once there is a certificate; undefined when stopped before. */
  ready(): Promise<CertificateSource | undefined>;
  /** Unix seconds at which the present one ends; undefined as long as there is none. */
  end(): number | undefined;
  stop(): Promise<void>;
}

export interface SourceOptions {
  readonly client: Pick<KubernetesClient, 'list' | 'watch'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The control plane's own. */
  readonly namespace: string;
  readonly onProblem?: (error: KubernetesError) => void;
  /** There is a Secret, but no key that fits its certificate: the one before stays in use. */
  readonly onBroken?: () => void;
}

interface Kept extends Cached {
  readonly certificate: ServerCertificate | undefined;
}

/** Starts at once. Needs `list` and `watch` of that one Secret alone. */
export function followServerCertificate(options: SourceOptions): CertificateFollower {
  const { client, clock, random, namespace, onProblem, onBroken } = options;
  const listeners = new Set<(certificate: ServerCertificate) => void>();
  const { promise: ready, resolve } = Promise.withResolvers<CertificateSource | undefined>();
  let current: ServerCertificate | undefined;
  let end: number | undefined;

  const take = (certificate: ServerCertificate): void => {
    if (certificate.cert === current?.cert && certificate.key === current.key) return;
    current = certificate;
    const [own] = readCertificates(certificate.cert) ?? [];
    end = own && own.notAfter / 1000;
    for (const listener of [...listeners]) listener(certificate);
    resolve({
      current: () => current ?? certificate,
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    });
  };

  const reflector = startReflector<Kept>({
    client,
    clock,
    random,
    resource: RESOURCES.Secret,
    selection: { namespace, fieldSelector: `metadata.name=${SERVER_SECRET}` },
    trim,
    onChange(change) {
      // Without its Secret a server goes on as it is, until the leader has made another.
      if (change.kind === 'deleted') return;
      const { certificate } = change.object;
      if (certificate === undefined) onBroken?.();
      else take(certificate);
    },
    ...(onProblem && { onProblem }),
  });

  return {
    ready: () => ready,
    end: () => end,
    stop() {
      resolve(undefined);
      listeners.clear();
      return reflector.stop();
    },
  };
}

function trim({ metadata, data }: KubernetesObject): Kept {
  const { name, namespace, uid, resourceVersion } = metadata;
  const secret = readSecretData(data);
  const server = readServer(secret);
  // A provided one comes with the authorities between it and the one that is trusted.
  const [, ...between] = readCertificates(secret['tls.crt']) ?? [];
  return {
    metadata: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) },
    certificate: server && { cert: [server, ...between].map(({ pem }) => pem).join(''), key: server.key },
  };
}

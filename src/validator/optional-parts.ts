/** Parts of a validator that are loaded only where its options or its environment ask for them. */

import type { Clock } from '../base/clock.ts';
import { BOOTSTRAP_FILE, ENVOY_SETTINGS, PROBE_TARGETS } from '../sidecar/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { Feed } from './feed.ts';
import type { Heard } from './hearing.ts';
import type { ValidatorOptions } from './options.ts';
import type { WouldDenyNews } from './would-deny.ts';

export interface ServiceParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What polls tell the control plane. */
interface PollNews {
  readonly heard: () => Heard;
  readonly wouldDeny: WouldDenyNews;
}

/** Each feed is loaded only when it is used: the folder's imports the YAML reader, the compiler and the issuers. */
export async function chooseFeed(
  { feed, allowInsecureHttp, fetchDenyCidrs }: ValidatorOptions,
  parts: ServiceParts,
  onFetch: (source: string, result: string) => void,
  polls: PollNews,
): Promise<Feed> {
  switch (feed.kind) {
    case 'manifests': {
      const { createFolderFeed } = await import('./folder/feed.ts');
      const { folder } = feed;
      return createFolderFeed({ folder, allowInsecureHttp, fetchDenyCidrs }, { ...parts, onFetch });
    }
    case 'control-plane': {
      const { openControlPlaneFeed } = await import('./control-plane/open.ts');
      return openControlPlaneFeed(feed, { ...parts, ...polls });
    }
  }
}

const POD_VARIABLES = [BOOTSTRAP_FILE, ENVOY_SETTINGS, PROBE_TARGETS];

/** Loaded only where the environment has variables of a pod. */
export async function openPodIfAny(options: ValidatorOptions, parts: ServiceParts) {
  const { environment } = parts;
  if (!POD_VARIABLES.some((variable) => environment[variable])) return undefined;
  const { openPod } = await import('./pod/open.ts');
  return openPod(environment, options, parts);
}

/** Loaded only where it is asked for. */
export async function openTlsIfAny(
  { tls }: ValidatorOptions,
  parts: ServiceParts,
  onError: (error: unknown) => void,
) {
  if (tls === undefined) return undefined;
  const { followCertificates } = await import('./tls-files.ts');
  const { secureHttp } = await import('./tls-servers.ts');
  const certificates = await followCertificates(tls, parts);
  return { certificates, createServer: secureHttp(certificates, onError) };
}

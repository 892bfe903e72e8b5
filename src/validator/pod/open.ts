/** What an injected validator does besides judging: Envoy's bootstrap and the app's probes. */

import type { Clock } from '../../base/clock.ts';
import { StartError } from '../../process/start-error.ts';
import { DRAIN_PATH, PROBE_TARGETS } from '../../sidecar/settings.ts';
import type { ValidatorOptions } from '../options.ts';
import { type Bound, writeBootstrap } from './bootstrap.ts';
import { createDraining, drainFile } from './drain.ts';
import { forKubelet } from './hooks.ts';
import type { ProbeLogParts } from './probe-log.ts';
import { probePages } from './probes.ts';
import { readPodSettings } from './settings.ts';

/** Throws a StartError. */
export function openPod(
  environment: Readonly<Record<string, string | undefined>>,
  { probes: probeAddress }: ValidatorOptions,
  parts: ProbeLogParts & { readonly clock: Clock },
) {
  const { envoy, address, probes, hookKey } = readPodSettings(environment);
  if (probes.size > 0 && probeAddress.kind === 'off') {
    throw new StartError(`${PROBE_TARGETS} is set and --probes is off: nobody could ask. Name an address.`);
  }
  const pages = probePages(probes, hookKey, parts);
  if (envoy === undefined) return { pages, prepareEnvoy: async () => undefined };
  const { file, settings } = envoy;
  const draining = createDraining(drainFile(file), parts.clock);
  return {
    pages: { ...pages, [DRAIN_PATH]: forKubelet(hookKey, draining.page) },
    /** To be called when the validator listens. */
    prepareEnvoy: (bound: Bound): Promise<void> =>
      writeBootstrap(file, settings, bound, address, draining.prepare),
  };
}

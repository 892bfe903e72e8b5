/** What an injected validator does besides judging: Envoy's bootstrap and the app's probes. */

import { StartError } from '../../process/start-error.ts';
import { PROBE_TARGETS } from '../../sidecar/settings.ts';
import type { ValidatorOptions } from '../options.ts';
import { type Bound, writeBootstrap } from './bootstrap.ts';
import { probePages } from './probes.ts';
import { readPodSettings } from './settings.ts';

/** Throws a StartError. */
export function openPod(
  environment: Readonly<Record<string, string | undefined>>,
  { probes: probeAddress }: ValidatorOptions,
) {
  const { envoy, probes } = readPodSettings(environment);
  if (probes.size > 0 && probeAddress.kind === 'off') {
    throw new StartError(`${PROBE_TARGETS} is set and --probes is off: nobody could ask. Name an address.`);
  }
  return {
    pages: probePages(probes),
    /** To be called when the validator listens. */
    prepareEnvoy: async (bound: Bound): Promise<void> => {
      if (envoy !== undefined) await writeBootstrap(envoy.file, envoy.settings, bound);
    },
  };
}

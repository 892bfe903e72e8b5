/** Puts the control-plane feed together, over the real network and disk. */

import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Feed } from '../feed.ts';
import type { Heard } from '../hearing.ts';
import type { ControlPlaneOptions } from '../options.ts';
import type { WouldDenyNews } from '../would-deny.ts';
import { createConnection } from './connection.ts';
import { systemDisk } from './disk.ts';
import { createControlPlaneFeed } from './feed.ts';
import { createStateStore } from './state-store.ts';

export interface OpenParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly heard: () => Heard;
  readonly wouldDeny: WouldDenyNews;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where the injected pod has its files. */
const TOKEN_FILE = '/var/run/secrets/portcullis.dev/token';
const CA_FILE = '/var/run/portcullis/ca/ca.crt';
const STATE_FOLDER = '/var/run/portcullis/state';

export function openControlPlaneFeed(
  options: ControlPlaneOptions,
  { clock, log, heard, wouldDeny, environment }: OpenParts,
): Feed {
  const { url, gateway, policyMaxStale } = options;
  const file = (variable: string, usual: string): string => environment[variable] || usual;
  return createControlPlaneFeed(
    { gateway, maxStale: policyMaxStale },
    {
      clock,
      log,
      heard,
      wouldDeny,
      random: Math.random,
      transport: createConnection({
        url,
        clock,
        tokenFile: file('PORTCULLIS_TOKEN_FILE', TOKEN_FILE),
        caFile: file('PORTCULLIS_CA_FILE', CA_FILE),
      }),
      store: createStateStore({
        clock,
        log,
        folder: file('PORTCULLIS_STATE_DIR', STATE_FOLDER),
        origin: { url: url.href, gateway: gateway ?? '' },
        disk: systemDisk,
      }),
    },
  );
}

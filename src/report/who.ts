/** Names a caller for people. */

import { oneLine } from '../base/text.ts';

export interface ShownCaller {
  readonly client: string | null;
  readonly network: string | null;
  readonly user: string | null;
}

/** `client billing-cron`, `user joe (client web)`, `address 192.0.2.7`. */
export function whoIs({ client, network, user }: ShownCaller): string {
  if (user !== null) return oneLine(client === null ? `user ${user}` : `user ${user} (client ${client})`);
  if (client !== null) return oneLine(`client ${client}`);
  return network === null ? 'an unknown caller' : oneLine(`address ${network}`);
}

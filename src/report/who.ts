/** Names a caller for people. */

import { oneLine, shorten } from '../base/text.ts';

export interface ShownCaller {
  readonly client: string | null;
  readonly network: string | null;
  readonly user: string | null;
}

/** `client billing-cron`, `user joe (client web)`, `address 192.0.2.7`. */
export function whoIs({ client, network, user }: ShownCaller): string {
  if (user !== null) return shownText(client === null ? `user ${user}` : `user ${user} (client ${client})`);
  if (client !== null) return shownText(`client ${client}`);
  return network === null ? 'an unknown caller' : shownText(`address ${network}`);
}

/** More than any line of what a validator has kept: what calls itself one may say anything. */
const LONGEST = 2000;

/** Harmless to a terminal, and not too long for one. */
export const shownText = (text: string): string => oneLine(shorten(text, LONGEST));

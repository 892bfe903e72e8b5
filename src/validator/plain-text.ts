/** Warns where checks travel in plain text over a network. */

import { formatAddress, isLoopback } from '../process/address.ts';
import type { Log } from '../telemetry/log.ts';
import type { ValidatorOptions } from './options.ts';

/** Plain text is enough where the network is trusted, so it is a warning. */
export function warnOfPlainText({ http, grpc }: Pick<ValidatorOptions, 'http' | 'grpc'>, log: Log): void {
  const open = [http, grpc].filter((address) => address.kind === 'tcp' && !isLoopback(address.host));
  if (open.length === 0) return;
  log.warn(
    "checks travel in plain text, callers' tokens with them, and whoever answers in this validator's stead decides: " +
      'give --tls-cert and --tls-key unless the network itself encrypts',
    { addresses: open.map(formatAddress).join(', ') },
  );
}

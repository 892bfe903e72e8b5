/** What the policy server is made of: all that others do for it, and are told by it. */

import type { Clock } from '../../base/clock.ts';
import type { Policy } from '../../policy/policy.ts';
import type { WouldDenyReport } from '../../policy/would-deny.ts';
import type { CertificateSource } from '../../process/tls.ts';
import type { Log } from '../../telemetry/log.ts';
import type { AuthenticationParts, ReviewResult } from './authentication.ts';
import type { Caller } from './caller.ts';
import type { HttpsOptions } from './https.ts';
import type { ServedPolicies } from './served-policies.ts';

export interface PolicyServerOptions extends HttpsOptions {
  /** The control plane's own: its pods may ask for every Gateway. */
  readonly namespace: string;
}

interface PolicyServerMetrics {
  answered(status: number): void;
  reviewed(result: ReviewResult): void;
}

export interface PolicyServerParts extends Pick<AuthenticationParts, 'judge' | 'random'> {
  readonly policies: ServedPolicies;
  /** By the source's UID; undefined within its cooldown. Resolves when what was fetched is in the policies. */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
  /** Seconds of that cooldown; undefined = keys that are not fetched. */
  readonly refreshCooldown: (sourceUid: string) => number | undefined;
  /** What a validator says that bindings of this policy would have denied, which is the one that it is to have. */
  readonly onWouldDeny: (caller: Caller, policy: Policy, report: WouldDenyReport) => void;
  readonly isLeading: () => boolean;
  readonly certificates: CertificateSource;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly metrics: PolicyServerMetrics;
  readonly onBug: (error: unknown) => void;
}

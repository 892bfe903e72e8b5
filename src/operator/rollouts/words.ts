/** The one table of what keeps a workload from being restarted, and the texts about restarts in conditions and Events. */

interface HeldText {
  /** Goes on after the workload's name. */
  readonly sentence: string;
  readonly remedy: string;
}

/** Nothing of it passes by itself. */
export const HELD = {
  Deleting: { sentence: 'is being deleted', remedy: 'nothing is to be done' },
  Paused: { sentence: 'is paused', remedy: 'resume its rollout, and it is restarted' },
  OnDelete: {
    sentence: 'has the update strategy OnDelete, by which no restart renews its pods',
    remedy: 'delete its pods one by one',
  },
  Partition: {
    sentence: 'has a partition, below which no restart renews its pods',
    remedy: 'set the partition to 0, or delete these pods one by one',
  },
  InjectionDisabled: {
    sentence: 'is not restarted, for injection is not enabled in its namespace',
    remedy: 'label the namespace portcullis.dev/injection=enabled',
  },
  WebhookMissing: {
    sentence: 'is not restarted, for there is no webhook that would inject sidecars',
    remedy: 'set the chart value injection.enabled',
  },
  Unasked: {
    sentence: 'is not restarted, for pods of its template would get no sidecars',
    remedy:
      'remove the label portcullis.dev/inject: "false" from its template, or target the labels that it has',
  },
  Refused: {
    sentence: 'is not restarted, for its new pods would not be let in',
    remedy: 'change its template',
  },
  Same: {
    sentence: 'is not restarted, for its new pods would get the very sidecars that they have',
    remedy: 'see the other bindings of the namespace: one may wait for its target',
  },
  Template: {
    sentence: 'is not restarted, for its template has sidecars of its own',
    remedy: 'apply it anew, made by portcullis inject of the present version',
  },
  InVain: {
    sentence: 'has been restarted for this, and its pods are as before',
    remedy:
      'see that its new pods are let in and get ready, then restart it by hand: kubectl rollout restart',
  },
  Denied: {
    sentence: 'cannot be restarted',
    remedy: 'see what the API server says',
  },
  Forbidden: {
    sentence: 'may not be restarted by the control plane',
    remedy: 'set the chart value rollout.enabled, or restart it by hand: kubectl rollout restart',
  },
} as const satisfies Readonly<Record<string, HeldText>>;

export type HeldReason = keyof typeof HELD;

export type RestartState =
  /** Will be, as soon as it is its turn. */
  | { readonly kind: 'planned' }
  /** A rollout of it is under way that others have begun, or pods of it are not there. */
  | { readonly kind: 'busy' }
  /** It is: its pods are being renewed. */
  | { readonly kind: 'restarting' }
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly detail?: string };

/** @param name `Deployment shop/orders` */
export function restartText(name: string, state: RestartState): string {
  switch (state.kind) {
    case 'planned':
      return `${name} will be restarted (rollout: Automatic)`;
    case 'busy':
      return `${name} will be restarted (rollout: Automatic) when the rollout of it that is under way is complete, and all of its pods are available`;
    case 'restarting':
      return `${name} is being restarted (rollout: Automatic)`;
    case 'held': {
      const { sentence, remedy } = HELD[state.reason];
      const why = state.detail === undefined ? `${sentence}; ${remedy}` : `${sentence}: ${state.detail}`;
      return `${name} ${why} (rollout: Automatic)`;
    }
  }
}

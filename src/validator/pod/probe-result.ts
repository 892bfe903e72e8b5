/** The outcome of a probe of the app. */

export type ProbeResult =
  | { readonly kind: 'success' }
  | {
      readonly kind: 'failure';
      /** What the kubelet sees. */
      readonly status: number;
      readonly problem: string;
    };

export const failure = (problem: string, status = 503): ProbeResult => ({ kind: 'failure', status, problem });

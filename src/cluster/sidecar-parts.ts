/** What is kept of a pod's own sidecars. */

import type { NeededKey } from '../injection/volumes.ts';

export interface Sidecars {
  readonly validator: boolean;
  readonly envoy: boolean;
  /** An init container has led guarded ports to Envoy. */
  readonly capture: boolean;
  /** Ports that they take, by their containers: annotations may say anything by now. */
  readonly ports: readonly number[];
  /** How those are spoken, in their order, as `spokenAs` says it, and what they mount for it. */
  readonly spoken: readonly string[];
  readonly needed: readonly NeededKey[];
  /** The version that injected them; undefined where nothing says so. */
  readonly version: string | undefined;
  /** Undefined where there is no such container. */
  readonly images: OwnImages;
  /** What no version of injection makes, as `container portcullis-validator: env NODE_OPTIONS`: they are no guard. */
  readonly forged: string | undefined;
  /** What another version of injection may have made, or another author where no webhook has checked the pod. */
  readonly older: string | undefined;
}

/** By name and tag as the pod says them, with the digest that runs where the kubelet reports it. */
export interface OwnImages {
  readonly capture: string | undefined;
  readonly validator: string | undefined;
  readonly envoy: string | undefined;
}

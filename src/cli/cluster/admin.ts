/** The admin address of a validator in a pod: it listens on the pod's loopback alone, and is asked by port-forward. */

import type { Clock } from '../../base/clock.ts';
import type { ObjectId } from '../../base/object-id.ts';
import { ADMIN_PORT } from '../../injection/layout.ts';
import { type PodHttp, podHttp } from '../../kubernetes/pod-http.ts';
import type { PortForwarder } from '../../kubernetes/port-forward.ts';

/** Of an injected pod, or of a gateway's validator: the port is the same. */
export const adminOf = (
  forwarder: Pick<PortForwarder, 'open'>,
  { namespace, name }: ObjectId,
  clock: Pick<Clock, 'after'>,
): PodHttp => podHttp(forwarder, { namespace, name, port: ADMIN_PORT }, clock);

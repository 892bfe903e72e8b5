/** Where a validator with capture None is asked by the pod's own Envoy: on ports that the app may have already. */

import type { Labels } from '../resources/selectors.ts';
import {
  FIRST_OWN_PORT,
  GRPC_PORT_ANNOTATION,
  HTTP_PORT_ANNOTATION,
  LAST_PORT,
  OWN_ENVOY_GRPC_PORT,
  OWN_ENVOY_HTTP_PORT,
} from './layout.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';

export interface CheckPorts {
  readonly http: number;
  readonly grpc: number;
}

export const USUAL_CHECK_PORTS: CheckPorts = { http: OWN_ENVOY_HTTP_PORT, grpc: OWN_ENVOY_GRPC_PORT };

/**
 * By the pod's annotations. They are never chosen for it: its Envoy asks where its own configuration says, and of the
 * app's own port it would take each answer for the validator's.
 */
export function checkPorts(annotations: Labels, refusals: InjectionRefusal[]): CheckPorts {
  const read = (name: string, usual: number): number => {
    const text = annotations[name];
    if (text === undefined) return usual;
    const port = Number(text);
    const isOwn = port >= FIRST_OWN_PORT && port <= LAST_PORT;
    if (/^[1-9][0-9]{3,4}$/.test(text) && port >= 1024 && port <= 65_535 && !isOwn) return port;
    const what = `${name}: ${JSON.stringify(text)} is no port from 1024 to 65535, or one of ${FIRST_OWN_PORT} to ${LAST_PORT}`;
    refusals.push(injectionRefusal('AnnotationUnknown', what));
    return usual;
  };
  const ports = {
    http: read(HTTP_PORT_ANNOTATION, USUAL_CHECK_PORTS.http),
    grpc: read(GRPC_PORT_ANNOTATION, USUAL_CHECK_PORTS.grpc),
  };
  if (ports.http === ports.grpc) {
    const what = `${HTTP_PORT_ANNOTATION} and ${GRPC_PORT_ANNOTATION} would both be ${ports.http}`;
    refusals.push(injectionRefusal('AnnotationUnknown', what));
  }
  return ports;
}

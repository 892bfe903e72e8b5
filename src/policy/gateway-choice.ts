/** How a binding is chosen at a gateway, as the policy says it. */

import { type Infer, list, object, oneOf, text } from './shape.ts';

/** A route of the binding's own namespace, or one rule of it. */
export type BoundRoute = Infer<typeof boundRoute>;
const boundRoute = object(
  { kind: oneOf('HTTPRoute', 'GRPCRoute'), name: text },
  {
    /** The rule's name. Absent = all of the route. */
    section: text,
  },
);

/** How a binding is chosen at a gateway. */
export type GatewayChoice = Infer<typeof gatewayChoice>;
export const gatewayChoice = object({
  /** It judges requests of which the gateway says that one of these matched, for its hosts. */
  routes: list(boundRoute),
  /** Of which the gateway does not say: it judges those for these hosts. '' = any, and none = no such request. */
  hosts: list(text),
});

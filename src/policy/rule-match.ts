/** The part of the policy that says which requests a rule takes. */

import { type Infer, list, object, oneOf, text } from './shape.ts';

const texts = list(text);

export type PathMatch = Infer<typeof pathMatch>;
const pathMatch = object({
  type: oneOf('Exact', 'PathPrefix', 'Template', 'RegularExpression'),
  value: text,
});

/** Requests of MCP. A name is exact, or ends in the only `*`. Each empty list = any. */
export type McpMatch = Infer<typeof mcpMatch>;
const mcpMatch = object({ methods: texts, names: texts });

/** Each empty list = any. */
export type RuleMatch = Infer<typeof ruleMatch>;
export const ruleMatch = object(
  { paths: list(pathMatch), methods: texts, hosts: texts },
  {
    /** Takes no other requests than those of MCP. Only where the binding has `mcp`. */
    mcp: mcpMatch,
  },
);

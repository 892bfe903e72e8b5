/** Specs of ApiBindings, made by what differs from the smallest one. */

import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import type { RuleCase } from './cases.ts';

/** The smallest spec with these changes. */
export const binding = (changes: JsonObject): JsonObject => ({
  targetRefs: [{ kind: 'Service', name: 'orders' }],
  sources: [{ name: 'okta' }],
  ...changes,
});

export const rule = (members: JsonObject): JsonObject => binding({ rules: [members] });

export const SHOP = 'https://shop.example';

/** Lists of host names stand in two places. */
export const host = (at: string, wrap: (hosts: JsonValue) => JsonObject): RuleCase => ({
  at,
  says: 'a host is a name such as api.example.com',
  refused: wrap(['orders.example.com:8443']),
  accepted: wrap(['orders.example.com.', '*.Example.com', 'localhost', '127.0.0.1', '[::1]']),
});

/** Lists of origins stand in two places. */
export const origin = (at: string, wrap: (origins: JsonValue) => JsonObject): RuleCase => ({
  at,
  says: 'an origin is scheme://host',
  refused: wrap([`${SHOP}/`]),
  accepted: wrap([SHOP, 'http://localhost:3000', 'http://[::1]:3000']),
});

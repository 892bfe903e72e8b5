/** Cases for the rules of ApiBinding's rules. */

import type { JsonObject } from '../../src/base/json.ts';
import { host, rule } from './binding-specs.ts';
import type { RuleCase } from './cases.ts';

const path = (type: string, value: string): JsonObject => rule({ match: { paths: [{ type, value }] } });

export const ROUTE_CASES: readonly RuleCase[] = [
  {
    at: 'spec.rules[]',
    says: 'so nothing can be required of it',
    refused: rule({ authentication: 'None', require: {} }),
    accepted: rule({ authentication: 'Optional', require: { roles: { anyOf: ['admin'] } } }),
  },
  {
    at: 'spec.rules[]',
    says: 'no token is looked at, whatever its source',
    refused: rule({ authentication: 'None', sources: ['okta'] }),
    accepted: rule({ authentication: 'None', sources: [] }),
  },
  {
    at: 'spec.rules[].match.paths[]',
    says: 'a path starts with /',
    refused: path('PathPrefix', 'admin'),
    accepted: path('RegularExpression', '(?i)/v[0-9]+/.*'),
  },
  {
    at: 'spec.rules[].match.paths[]',
    says: 'a path holds no ? and no #',
    refused: path('Exact', '/search?q=1'),
    accepted: path('RegularExpression', '/search/?'),
  },
  {
    at: 'spec.rules[].match.paths[]',
    says: "a Template's parameter is a whole segment in braces",
    refused: path('Template', '/users/{id}.json'),
    accepted: path('Template', '/users/{id}/orders/{order_2}'),
  },
  {
    at: 'spec.rules[].match.paths[]',
    says: 'Exact and PathPrefix take a path as it is',
    refused: path('PathPrefix', '/admin/*'),
    accepted: path('PathPrefix', '/admin/%7Bid%7D'),
  },
  {
    at: 'spec.rules[].match.methods[]',
    says: 'a method is written in capitals',
    refused: rule({ match: { methods: ['get'] } }),
    accepted: rule({ match: { methods: ['GET', 'M-SEARCH'] } }),
  },
  host('spec.rules[].match.hosts[]', (hosts) => rule({ match: { hosts } })),
  {
    at: 'spec.rules[].require.claims[]',
    says: 'this asks nothing of the claim',
    refused: rule({ require: { claims: [{ claim: 'department', anyOf: [] }] } }),
    accepted: rule({ require: { claims: [{ claim: 'department', noneOf: ['ops'] }] } }),
  },
];

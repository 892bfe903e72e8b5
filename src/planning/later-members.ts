/**
 * The optional members of a binding's policy, by where they stand in it: which of them every validator knows, and which a
 * validator must say that it takes. A new one does not compile before it has its line here.
 */

import type { LaterMember } from '../policy/exchange.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { isObject } from '../policy/shape.ts';

/** The places of all optional members of an object type, as `match.paths.type`; lists are passed through. */
export type OptionalPath<T> = T extends readonly (infer Item)[]
  ? OptionalPath<Item>
  : T extends object
    ? {
        [K in keyof T & string]-?:
          | (Record<never, never> extends Pick<T, K> ? K : never)
          | `${K}.${OptionalPath<T[K]>}`;
      }[keyof T & string]
    : never;

/** `Always`: there is no validator that does not know it. */
export const BINDING_MEMBERS: Readonly<Record<OptionalPath<BindingPolicy>, LaterMember | 'Always'>> = {
  atGateway: 'Always',
  revision: 'revision',
  'atGateway.routes.section': 'Always',
  'judgement.pathMatching.formatSuffix': 'Always',
  'judgement.pathMatching.frontController': 'Always',
  'judgement.mcp': 'mcp',
  'judgement.rules.match.mcp': 'mcp',
  'judgement.rules.sources': 'Always',
  'judgement.rules.require.authentication': 'authentication',
  'judgement.rules.require.authentication.maxAge': 'authentication',
  'judgement.rules.require.expressions.scopes': 'expression-scopes',
  'judgement.resource': 'resource',
  'judgement.resource.metadata': 'resource',
  'judgement.answers': 'answers',
  'judgement.answers.login': 'answers',
};

const LATER = Object.entries(BINDING_MEMBERS).flatMap(([path, member]) =>
  member === 'Always' ? [] : [{ path: path.split('.'), member }],
);

/** What a validator must take to enforce the binding as it is. */
export function laterMembersOf(binding: BindingPolicy): ReadonlySet<LaterMember> {
  let known = found.get(binding);
  if (known === undefined) {
    known = new Set(LATER.filter(({ path }) => standsAt(binding, path)).map(({ member }) => member));
    found.set(binding, known);
  }
  return known;
}

const found = new WeakMap<BindingPolicy, ReadonlySet<LaterMember>>();

/** Whether anything stands at a place, in any item of the lists on the way to it. */
export function standsAt(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return value !== undefined;
  if (Array.isArray(value)) return value.some((item) => standsAt(item, path));
  return isObject(value) && Object.hasOwn(value, name) && standsAt(value[name], rest);
}

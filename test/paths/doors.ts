/** What a caller without a token is allowed by bindings that open one part of the corpus' app, and close the others. */
import { decide, enforce, request } from '../support/decide.ts';
import { bindingPolicy, rulePolicy } from '../support/policy.ts';
import type { Handler } from './ask.ts';

const HANDLERS: readonly Handler[] = ['public', 'admin', 'other'];

const enforcers = HANDLERS.map((open) => [open, enforce(opening(open))] as const);

function opening(open: Handler) {
  const rules = HANDLERS.map((handler) =>
    rulePolicy({
      name: handler,
      match: { paths: handler === 'other' ? [] : [{ type: 'PathPrefix', value: `/${handler}` }] },
      authentication: handler === open ? 'None' : 'Deny',
    }),
  );
  return bindingPolicy({ rules });
}

const known = new Map<string, readonly Handler[]>();

/** The parts whose binding allows a request for the path, which is judged once. */
export function doorsOf(path: string): readonly Handler[] {
  const found =
    known.get(path) ??
    enforcers.flatMap(([open, enforcer]) =>
      decide(enforcer, request({ pathAndQuery: path })).outcome === 'allowed' ? [open] : [],
    );
  known.set(path, found);
  return found;
}

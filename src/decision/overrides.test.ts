import { expect, it } from 'vitest';
import { decide, enforce, joe, type RequestChanges, request } from '../../test/support/decide.ts';
import { bindingPolicy } from '../../test/support/policy.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { isPassing } from './decision.ts';

function changes(binding: BindingPolicy, asked: RequestChanges) {
  const decision = decide(enforce(binding), request(asked));
  if (!isPassing(decision)) throw new Error(decision.reason);
  return decision.upstream;
}

it.each(['x-original-url', 'x_rewrite_url', 'x-http-method-override', 'x.method.override'])(
  'the app does not get %s, by which it could serve another request than the one that was judged',
  (name) => {
    const headers = { [name]: '/admin', 'x-original-urls': '1' };
    for (const mode of ['Enforce', 'Audit', 'Disabled'] as const) {
      const asked = { ...(mode === 'Enforce' && { token: joe() }), headers };
      const { remove } = changes(bindingPolicy({}, { mode }), asked);
      expect(remove.filter((one) => one === name)).toEqual([name]);
      expect(remove).not.toContain('x-original-urls');
    }
    expect(changes(bindingPolicy(), { token: joe() }).remove).not.toContain(name);
  },
);

it('a forwarded header may have the name of one: then it is ours', () => {
  const forward = { ...bindingPolicy().forward, user: 'x-original-url' };
  const asked = { token: joe(), headers: { 'x-original-url': '/admin' } };
  const { set, remove } = changes(bindingPolicy({}, { forward }), asked);
  expect(set).toContainEqual(['x-original-url', 'joe']);
  expect(remove).not.toContain('x-original-url');
});

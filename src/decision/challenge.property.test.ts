/** Whatever stands in a policy or a token, a challenge is one that clients can read. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { headerOf, request } from '../../test/support/decide.ts';
import { bindingPolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { deny } from './answers.ts';
import { prepareBinding } from './binding.ts';

/** The parameters of a challenge, read by the grammar of RFC 9110 section 11.2; a text that breaks it throws. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  const param = /^([a-z_]+)="([\x20-\x21\x23-\x5b\x5d-\x7e]*)"(?:, |$)/;
  for (let rest = text.replace(/^Bearer /, ''); rest !== ''; ) {
    const [whole = '', name = '', value = ''] = param.exec(rest) ?? [];
    if (whole === '' || params.has(name)) throw new Error(`not a challenge: ${text}`);
    params.set(name, value);
    rest = rest.slice(whole.length);
  }
  return params;
}

it('is read by a reader of RFC 9110 as what was written, whatever stands in the policy', () => {
  const odd = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', '\\', ',', '=', ' ', '\n', 'a', 'é', '!'),
      fc.string({ maxLength: 1 }),
    ),
    maxLength: 12,
  });
  const asked = fc.record({
    ...{ realm: odd, resourceMetadata: odd, detail: odd },
    scopes: fc.array(odd, { maxLength: 6 }),
    acr: fc.array(odd, { maxLength: 4 }),
    maxAge: fc.nat({ max: 2 ** 31 }),
  });
  fc.assert(
    fc.property(asked, ({ realm, resourceMetadata, detail, scopes, acr, maxAge }) => {
      const one = finishSteps(prepareBinding(bindingPolicy({ realm, resourceMetadata })));
      const text = headerOf(
        deny(
          { request: request(), binding: one },
          { reason: 'authentication_insufficient', detail, scopes, login: { acr, maxAge } },
        ),
        'www-authenticate',
      );
      const params = parametersOf(text ?? '');
      const words = (list: readonly string[]) =>
        list.filter((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word));
      expect(params.get('error')).toBe('insufficient_user_authentication');
      expect(params.get('scope')).toBe([...new Set(words(scopes))].join(' ') || undefined);
      expect(params.get('acr_values')).toBe(words(acr).join(' ') || undefined);
      expect(params.get('max_age')).toBe(String(maxAge));
      expect(params.has('realm') && params.has('error_description')).toBe(true);
      expect(params.has('resource_metadata')).toBe(resourceMetadata !== '');
    }),
  );
});

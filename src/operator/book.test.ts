import { expect, it } from 'vitest';
import { publicJwk } from '../../test/support/tokens.ts';
import { fakeClock } from '../base/testing/clock.ts';
import { binding, discovery, pod, service, source } from '../cluster/testing/objects.ts';
import { createBook } from './book.ts';
import { createControl } from './control.ts';

const DAY = 86_400;
const ISSUER = 'https://login.example';
const KEYS = [publicJwk('ES256', 'a')];

function world() {
  const control = createControl({ allowInsecureHttp: false, clock: fakeClock(), onCompiled: () => {} });
  const told: string[] = [];
  const book = createBook(control, () => true);
  const end = book.onChange(({ pods, gateways }) => told.push([...pods, ...gateways].join()));
  const checked = (checkedAt: number): readonly string[] => {
    told.length = 0;
    const keys = { keys: KEYS, checkedAt, location: discovery(ISSUER) };
    control.put([{ kind: 'Keys', uid: 'uid-shop/okta', keys }]);
    control.flush();
    return [...told];
  };
  control.put([
    pod('shop/p', { labels: { app: 'a' }, guarded: true, ready: true, ports: { http: 8080 } }),
    pod('shop/other', { labels: {}, guarded: true, ready: true, ports: { http: 8080 } }),
    service('shop/a', 'a', [{ name: 'http', port: 80, targetPort: 8080 }]),
    source('shop/okta', { issuer: ISSUER }),
    binding('shop/b', { targetRefs: [{ kind: 'Service', name: 'a' }], sources: [{ name: 'okta' }] }),
  ]);
  control.flush();
  return { checked, end };
}

it('tells of keys that are the same as before, where they were checked so late that it matters', () => {
  const { checked, end } = world();
  expect(checked(1000)).toEqual(['shop/p']);
  // Whoever waits for an answer hears of these when the time is up.
  expect(checked(1600)).toEqual([]);
  expect(checked(1600 + DAY / 4 - 1)).toEqual([]);
  // The provider was away for long: nobody trusts the keys any more, until they hear of it.
  expect(checked(1600 + DAY / 2)).toEqual(['shop/p']);
  expect(checked(2200 + DAY / 2)).toEqual([]);
  end();
  expect(checked(9 * DAY)).toEqual([]);
});

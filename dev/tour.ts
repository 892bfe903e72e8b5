/** The tour: what a guarded API does with good and bad requests, each shown and each checked. */

import type { DevelopmentProvider } from './provider.ts';
import { allowed, denied, type Step, walk } from './step.ts';
import { algNone, tampered } from './tokens.ts';
import { ANN, JOE } from './users.ts';

export interface TourOptions {
  /** Of Envoy, on 127.0.0.1. */
  readonly port: number;
  readonly provider: DevelopmentProvider;
  print(line: string): void;
}

/** Takes the tour; the number of answers that did not come out as they should. */
export async function takeTour({ port, provider, print }: TourOptions): Promise<number> {
  let wrong = 0;
  let stop = 0;
  const visit = async (title: string, ...steps: readonly Step[]): Promise<void> => {
    stop += 1;
    print('');
    print(`${stop}. ${title}`);
    for (const step of steps) {
      const problems = await walk(port, step, print);
      for (const problem of problems) print(`   WRONG: ${problem}`);
      wrong += problems.length;
    }
  };

  const joe = { shown: "<joe's token>", value: await provider.token(JOE) };
  const ann = { shown: "<ann's token>", value: await provider.token(ANN) };
  const asJoe = allowed({ 'x-auth-user': 'joe', 'x-auth-roles': 'user' });
  const asAnn = allowed({ 'x-auth-user': 'ann', 'x-auth-roles': 'user,admin' });

  await visit('An open door: the health check asks for no token', {
    path: '/healthz',
    expect: allowed({ 'x-auth-user': undefined }),
  });
  await visit('No token', {
    path: '/orders',
    expect: { ...denied(401, 'token_missing'), challenge: /^Bearer realm="[^"]*"$/ },
  });
  await visit('A good token: the API learns who calls', { path: '/orders', token: joe, expect: asJoe });
  await visit(
    'The wrong role, then the right one',
    {
      path: '/admin',
      token: joe,
      expect: {
        ...denied(403, 'role_mismatch'),
        detail: 'Role(s) user for user joe do not match the required role(s) for this request.',
      },
    },
    { path: '/admin', token: ann, expect: asAnn },
  );
  await visit("A tampered token: joe writes himself ann's role", {
    path: '/admin',
    token: {
      shown: "<joe's token, roles changed to admin>",
      value: tampered(joe.value, { roles: ['admin'] }),
    },
    expect: { ...denied(401, 'signature_invalid'), challenge: /error="invalid_token"/ },
  });
  await visit('An expired token', {
    path: '/orders',
    token: { shown: "<joe's token of yesterday>", value: await provider.tokenOfAge(JOE, 86_400) },
    expect: denied(401, 'token_expired'),
  });
  await visit('A token that says it needs no signature', {
    path: '/admin',
    token: { shown: '<alg: none, roles: admin>', value: algNone(joe.value, { roles: ['admin'] }) },
    expect: denied(401, 'algorithm_not_allowed'),
  });
  const forged = { 'x-auth-user': 'ann', 'x-auth-roles': 'admin' };
  await visit(
    'Forged headers: what a client says of itself is overwritten, or removed',
    { path: '/orders', token: joe, headers: forged, expect: asJoe },
    {
      path: '/healthz',
      headers: forged,
      expect: allowed({ 'x-auth-user': undefined, 'x-auth-roles': undefined }),
    },
  );
  await visit('A path that two servers would read differently', {
    path: '/orders/..%2fadmin',
    token: joe,
    expect: denied(400, 'path_ambiguous'),
  });

  await provider.rotateKeys();
  const fresh = { shown: `<joe's new token, key ${provider.kid}>`, value: await provider.token(JOE) };
  await visit(
    `The provider rotates its keys: the new one (${provider.kid}) is fetched at once, the old one is still published`,
    { path: '/orders', token: fresh, expect: asJoe },
    { path: '/orders', token: joe, expect: asJoe },
  );

  await provider.stop();
  await visit(
    'The provider is down: the keys that are known go on serving',
    { path: '/orders', token: fresh, expect: asJoe },
    { path: '/admin', token: ann, expect: asAnn },
    { path: '/orders', expect: denied(401, 'token_missing') },
  );
  await provider.start();
  await visit('The provider is back', {
    path: '/orders',
    token: { shown: "<joe's newest token>", value: await provider.token(JOE) },
    expect: asJoe,
  });

  print('');
  print(wrong === 0 ? `All ${stop} came out as they should.` : `${wrong} answers came out wrong.`);
  return wrong;
}

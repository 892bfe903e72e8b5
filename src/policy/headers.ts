/** Which request headers a binding has set or taken away. */

import type { CredentialPolicy, ForwardPolicy } from './policy.ts';

/** Headers, in lower case, that the token is taken out of before the app gets them. */
export function tokenHeadersOf(
  { token }: Pick<ForwardPolicy, 'token'>,
  credentials: readonly Pick<CredentialPolicy, 'in' | 'name'>[],
): readonly string[] {
  return token === 'Remove' ? credentials.flatMap((place) => headersOf(place)) : [];
}

function headersOf(place: Pick<CredentialPolicy, 'in' | 'name'>): readonly string[] {
  switch (place.in) {
    case 'Header':
      return [place.name.toLowerCase()];
    case 'Cookie':
      return ['cookie'];
    case 'Query':
      return [];
  }
}

/** Headers, in lower case, that tell the app of the user. */
export function forwardedNames(forward: ForwardPolicy): readonly string[] {
  const names = [forward.user, forward.roles, forward.scopes, forward.source, forward.payload];
  return [...names, ...forward.claims.map(({ header }) => header)].filter((name) => name !== '');
}

/** One request, one set of manifests: `portcullis explain` as its tests call it. */

import { binding, source } from '../../../test/support/manifests.ts';
import { publicJwk } from '../../../test/support/tokens.ts';
import { withClaims } from '../../../test/support/verification.ts';
import type { Command } from '../command.ts';
import { explainWith } from '../explain.ts';
import type { FetchKeys } from '../keys.ts';
import { fileWith, runCommand } from './run.ts';

export const ISSUER = 'https://issuer.example';
export const okta = (jwt: object = {}) =>
  source('okta', {
    issuer: ISSUER,
    audiences: ['api'],
    keys: { jwks: { keys: [publicJwk('RS256')] } },
    ...jwt,
  });
export const orders = (spec: object = {}) => binding('orders', { sources: [{ name: 'okta' }], ...spec });
export const joe = (changes: object = {}) => withClaims({ aud: 'api', groups: ['user'], ...changes });

const nobodyIsAsked: FetchKeys = () => Promise.reject(new Error('nobody is to be asked'));

export async function explain(
  manifests: string,
  request: string,
  args: readonly string[] = [],
  { fetch = nobodyIsAsked, stdin = '' } = {},
) {
  const command: Command = (line, surroundings) => explainWith(line, surroundings, fetch);
  const ended = await runCommand(
    command,
    ['-f', fileWith(manifests), '--request', request, '--output', 'json', ...args],
    { stdin },
  );
  return { ...ended, told: ended.out === '' ? undefined : JSON.parse(ended.out) };
}

/** `portcullis explain` where no provider may be asked. */
export const explainOffline: Command = (args, surroundings) => explainWith(args, surroundings, nobodyIsAsked);

export const ORDERS_URL = 'https://orders.example';

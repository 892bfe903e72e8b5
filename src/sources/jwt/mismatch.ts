/** What a refused JWT claims (`iss`, `aud`) and what is expected: for the log. A client must not learn the latter. */

import type { JsonObject } from '../../base/json.ts';
import { shorten } from '../../base/text.ts';
import type { Mismatch } from '../mismatch.ts';
import type { PreparedSource } from './source.ts';

/** Values that are shown of a list, and characters of each. */
const SHOWN = 8;
const LENGTH = 256;

/** @param known the issuers of the sources that were asked. */
export function issuerMismatch(issuer: string | undefined, known: readonly string[]): Mismatch {
  const isSlash = issuer !== undefined && known.some((one) => withoutSlash(one) === withoutSlash(issuer));
  return {
    says: issuer === undefined ? 'no iss' : `iss ${shown(issuer)}`,
    expected: `iss ${listed(known)}${isSlash ? '; they differ by the slash at the end alone' : ''}`,
    remedy:
      'if it is the right provider, spell spec.jwt.issuer as its tokens do, or add this spelling to acceptedIssuers',
  };
}

/** Claims that ID tokens have and access tokens do not (OpenID Connect Core 1.0, sections 2 and 3.1.3.6). */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'c_hash'];

const FOR_RESOURCE =
  "have the client ask the provider for a token for this resource, or add the provider's own name for it to resource.audiences of the binding";

export function audienceMismatch(
  audience: readonly string[] | undefined,
  claims: JsonObject,
  { audiences, isForResource }: Pick<PreparedSource, 'audiences' | 'isForResource'>,
): Mismatch {
  const mark = OF_ID_TOKENS.find((claim) => Object.hasOwn(claims, claim));
  return {
    says: audience === undefined ? 'no aud' : `aud ${listed(audience)}`,
    expected: audiences.length === 0 ? 'any aud' : `aud ${listed(audiences)}`,
    remedy:
      mark === undefined
        ? isForResource
          ? FOR_RESOURCE
          : 'if the token is meant for this API, add its aud to spec.jwt.audiences; else ask the provider for a token for this API'
        : `this is an ID token (it has ${mark}): send the access token`,
  };
}

/** Unlike `shownList` of explanations: for a log line, so values are longer and no character can hide in it. */
function listed(values: readonly string[]): string {
  if (values.length === 0) return 'none';
  const more = values.length > SHOWN ? ` and ${values.length - SHOWN} more` : '';
  return values.slice(0, SHOWN).map(shown).join(' or ') + more;
}

/** What is no plain ASCII is written as JSON escapes it: such characters can make a line read otherwise. */
function shown(value: string): string {
  return JSON.stringify(shorten(value, LENGTH)).replaceAll(
    /[^\x20-\x7e\u2026]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const withoutSlash = (text: string): string => text.replace(/\/$/, '');

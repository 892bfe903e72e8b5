/** Offers to go on in another protocol. A server may pass over those that it does not know (RFC 9110 section 7.8). */

import type { ConfigObject } from './config.ts';

/** The one protocol that a connection can change to. */
export const UPGRADE = 'websocket';

/**
 * Expressions for every protocol but that one, for a list of offers is looked at one by one. Expressions of Envoy can say
 * nothing of the kind "any but this": each says at which place a name is another one, or that it is shorter or longer.
 */
export const OTHER_PROTOCOLS: readonly string[] = [
  ...[...UPGRADE].map((letter, place) => `(?i).{${place}}[^${letter}].*`),
  `.{0,${UPGRADE.length - 1}}`,
  `.{${UPGRADE.length + 1}}.*`,
];

export const PASSED_OVER: readonly ConfigObject[] = OTHER_PROTOCOLS.map((regex) => ({
  safe_regex: { regex },
}));

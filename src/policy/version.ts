/** The version of a policy: a hash of its content, the same on every replica and in every run. */

import { createHash } from 'node:crypto';
import type { Policy } from './policy.ts';

/**
 * JSON in one spelling: members sorted by name, absent ones left out, no white space. Equal values have
 * equal texts.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  for (const [name, member] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** SHA-256 of the canonical JSON, in hexadecimal. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/**
 * The version of a policy with this content. It is made from digests of the sources and bindings, which
 * are remembered, so that it costs little where little has changed.
 */
export function policyVersion({ format, sources, bindings }: Omit<Policy, 'version'>): string {
  return digest({ format, sources: sources.map(partDigest), bindings: bindings.map(partDigest) });
}

const digests = new WeakMap<object, string>();

/** The digest of an immutable part of a policy, worked out once. */
export function partDigest(part: object): string {
  let known = digests.get(part);
  if (known === undefined) {
    known = digest(part);
    digests.set(part, known);
  }
  return known;
}

/** Its digest is worked out already. */
export const isDigested = (part: object): boolean => digests.has(part);

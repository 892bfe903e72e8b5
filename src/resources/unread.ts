/** What is known of objects that could not be read: so that nothing false is said of the others. */

import type { Finding } from './findings.ts';
import { meansBinding } from './salvage.ts';

export interface Unread {
  /** A binding is among them, or may be: which sources it would use, nobody knows. */
  readonly mayHoldBinding: boolean;
  /** By namespace/name of an AuthenticationSource: where its first error stands. */
  readonly sources: ReadonlyMap<string, string>;
}

/** @param findings of reading manifests. */
export function unreadOf(findings: readonly Finding[]): Unread {
  const errors = findings.filter(({ severity, reason }) => severity === 'error' && reason !== 'Duplicate');
  const sources = new Map<string, string>();
  for (const { object, file, line } of errors) {
    const id = object?.kind === 'AuthenticationSource' ? `${object.namespace}/${object.name}` : undefined;
    if (id !== undefined && !sources.has(id)) sources.set(id, [file, line].filter(Boolean).join(':'));
  }
  return {
    mayHoldBinding: errors.some(({ object }) => object === undefined || meansBinding(object.kind)),
    sources,
  };
}

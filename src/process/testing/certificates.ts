/** For tests: certificates that a test changes by itself. */

import type { CertificateSource, ServerCertificate } from '../tls.ts';

export interface ChangingCertificates extends CertificateSource {
  change(next: ServerCertificate): void;
}

export function changingCertificates(first: ServerCertificate): ChangingCertificates {
  const listeners = new Set<(certificate: ServerCertificate) => void>();
  let current = first;
  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    change(next) {
      current = next;
      for (const listener of listeners) listener(current);
    },
  };
}

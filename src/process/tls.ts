/** A TLS server whose certificate can change while it runs, and whose handshakes are bounded in time and in size. */

import type { Server } from 'node:tls';
import { boundHandshakes } from './handshakes.ts';

/** Both in PEM. */
export interface ServerCertificate {
  /** With what lies between it and the authority. */
  readonly cert: string;
  readonly key: string;
}

export interface CertificateSource {
  /** The last good one. */
  current(): ServerCertificate;
  /** Calls back with each new one. Returns a function that unsubscribes. */
  onChange(listener: (certificate: ServerCertificate) => void): () => void;
}

export interface TlsSettings extends ServerCertificate {
  readonly minVersion: 'TLSv1.2';
  readonly handshakeTimeout: number;
}

/** Milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Follows the certificates until the server is closed. Connections that are there keep the certificate that they were
 * made with.
 *
 * @param create makes the server with these settings, and with those of its own protocol.
 * @param onUnusable is called with the error where a new certificate cannot be used: the one before stays.
 */
export function createTlsServer<T extends Server>(
  certificates: CertificateSource,
  create: (settings: TlsSettings) => T,
  onUnusable: (error: unknown) => void,
): T {
  const settings = ({ cert, key }: ServerCertificate): TlsSettings => ({
    cert,
    key,
    // Also where the environment would allow older ones.
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT,
  });
  const server = create(settings(certificates.current()));
  boundHandshakes(server);
  const unsubscribe = certificates.onChange((next) => {
    try {
      server.setSecureContext(settings(next));
    } catch (error) {
      onUnusable(error);
    }
  });
  server.once('close', unsubscribe);
  return server;
}

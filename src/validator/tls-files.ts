/** Follows the files of the certificate that the servers for Envoy show: a good pair replaces the one before. */

import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/error-code.ts';
import { StartError } from '../process/start-error.ts';
import type { CertificateSource } from '../process/tls.ts';
import type { Log } from '../telemetry/log.ts';
import { type CheckedCertificate, type CheckedPair, checkPair, type TlsFiles } from './tls-pair.ts';

export interface FollowedCertificates extends CertificateSource {
  current(): CheckedCertificate;
  onChange(listener: (certificate: CheckedCertificate) => void): () => void;
  stop(): void;
}

export interface TlsFollowParts {
  readonly clock: Pick<Clock, 'seconds' | 'after'>;
  readonly log: Pick<Log, 'info' | 'error'>;
}

/** Milliseconds between two looks: not every file system tells of changes, and certificates change days ahead. */
export const LOOK_INTERVAL = 5000;

/** Rejects with a StartError where there is no good pair to begin with. */
export async function followCertificates(
  files: TlsFiles,
  { clock, log }: TlsFollowParts,
): Promise<FollowedCertificates> {
  const first = await readPair(files);
  if (first.kind === 'refused') throw new StartError(`${first.problem}.`);
  let current = first.certificate;
  let logged: string | undefined;
  let stopped = false;
  const listeners = new Set<(certificate: CheckedCertificate) => void>();

  const announce = (): void => {
    const until = new Date(current.notAfter * 1000).toISOString();
    log.info('certificate in force', { names: current.names, until });
  };
  /** Logs a problem once, until it is another problem or none. */
  const tell = (problem: string | undefined): void => {
    if (problem !== undefined && problem !== logged) log.error(problem);
    logged = problem;
  };

  const take = (pair: CheckedPair): void => {
    if (pair.kind === 'refused') {
      tell(`${pair.problem}: the certificate before stays in force`);
      return;
    }
    const { certificate } = pair;
    if (certificate.cert !== current.cert || certificate.key !== current.key) {
      current = certificate;
      announce();
      for (const listener of listeners) listener(certificate);
    }
    tell(current.notAfter > clock.seconds() ? undefined : expired(files));
  };

  let cancel = (): void => {};
  const lookLater = (): void => {
    cancel = clock.after(LOOK_INTERVAL, () => {
      void readPair(files).then((pair) => {
        if (stopped) return;
        take(pair);
        lookLater();
      });
    });
  };

  announce();
  take(first);
  lookLater();
  return {
    current: () => current,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

const expired = ({ cert }: TlsFiles): string =>
  `the certificate in --tls-cert ${cert} has expired: whoever checks it will not ask here`;

/** Read one after the other: a pair that is just being swapped does not match, and is looked at again. */
async function readPair(files: TlsFiles): Promise<CheckedPair> {
  const texts: string[] = [];
  for (const [flag, file] of [
    ['--tls-cert', files.cert],
    ['--tls-key', files.key],
  ] as const) {
    try {
      texts.push(await readFile(file, 'utf8'));
    } catch (error) {
      const code = errorCode(error) ?? 'unknown error';
      return {
        kind: 'refused',
        problem: `${flag} ${file} cannot be read (${code}): it must be there, and this user must be allowed to`,
      };
    }
  }
  const [cert = '', key = ''] = texts;
  return checkPair({ cert, key }, files);
}

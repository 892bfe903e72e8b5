/** Certificates that others make, such as cert-manager: what there is to publish of them, and what is wrong. Pure. */

import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { readServer, type SecretData } from './authority.ts';
import { namesOf, readCertificates } from './certificate.ts';
import { SERVER_SECRET } from './names.ts';

/** The bundle for callers of the servers: `ca.crt`, as it is in their Secret. */
export function providedBundle(
  data: SecretData,
  names: readonly string[],
  namespace: string,
): Outcome<string> {
  const secret = `Secret ${namespace}/${SERVER_SECRET}`;
  const server = readServer(data);
  if (server === undefined) {
    return failed(
      'NotFound',
      `${secret} has no certificate for servers with its ECDSA P-256 key in tls.crt and tls.key: see whether Certificate ${SERVER_SECRET} is ready`,
    );
  }
  const shown = namesOf(server);
  const missing = names.find((name) => !shown.includes(name));
  if (missing !== undefined) {
    return failed('Invalid', `${secret}: the certificate in tls.crt is not for ${missing}`);
  }
  const authorities = readCertificates(data['ca.crt']);
  if (authorities === undefined) {
    return failed(
      'Invalid',
      `${secret} has no authority in ca.crt, so that nobody could trust it: use an issuer that puts it there, such as one of kind CA`,
    );
  }
  return ok([...new Set(authorities.map(({ pem }) => pem))].join(''));
}

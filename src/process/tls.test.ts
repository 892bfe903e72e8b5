import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, it } from 'vitest';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { changingCertificates } from './testing/certificates.ts';
import { createTlsServer } from './tls.ts';

const authority = await createAuthority('test');
const [first, next] = await Promise.all([
  authority.issue(['first.example']),
  authority.issue(['next.example']),
]);

async function start() {
  const certificates = changingCertificates(first);
  const errors: unknown[] = [];
  const server = createTlsServer(certificates, createServer, (error) => errors.push(error));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const shown = async (): Promise<string | undefined> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    return subjectaltname;
  };
  return { server, certificates, errors, shown };
}

it('shows a new certificate, unless it cannot be used', async () => {
  const { server, certificates, errors, shown } = await start();
  expect(await shown()).toContain('first.example');
  certificates.change(next);
  expect(await shown()).toContain('next.example');
  certificates.change({ cert: first.cert, key: next.key });
  expect(await shown()).toContain('next.example');
  expect(errors).toHaveLength(1);
  server.close();
});

it('follows certificates no more once it is closed', async () => {
  const { server, certificates, errors } = await start();
  await once(server.close(), 'close');
  certificates.change({ cert: '', key: 'broken' });
  expect(errors).toEqual([]);
});

/** Binds a server to its address, or says plainly why that does not work. */

import { chmod, lstat, stat, unlink } from 'node:fs/promises';
import { connect, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { formatAddress, type ListenAddress } from './address.ts';
import { StartError } from './start-error.ts';

/** Anyone in the pod may ask: Envoy runs under a user of its own, and a check gives nothing away. */
const SOCKET_MODE = 0o666;
/** A burst of connections from an Envoy that has just started; the system may allow fewer. */
const BACKLOG = 4096;

/** What a kernel without IPv6 says of `::`. */
const NO_IPV6: readonly (string | undefined)[] = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'];

/**
 * Listens, and returns the address that was really taken (port 0 becomes a port). `::` means every address there is,
 * of both families, also where the kernel knows but one.
 */
export async function listen(server: Server, address: ListenAddress): Promise<ListenAddress> {
  if (address.kind === 'unix') {
    await clearStaleSocket(address.path);
    const code = await tryListen(server, { path: address.path });
    if (code !== undefined) throw new StartError(bindProblem(address, code));
    await openSocket(address.path);
    return address;
  }
  const { host, port } = address;
  const code = await tryListen(server, { host, port });
  if (code !== undefined && host === '::' && NO_IPV6.includes(code)) {
    return listen(server, { ...address, host: '0.0.0.0' });
  }
  if (code !== undefined) throw new StartError(bindProblem(address, code));
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? { ...address, port: bound.port } : address;
}

/** The system's code where it does not work. */
function tryListen(server: Server, where: ListenOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown error');
    server.once('error', failed);
    server.listen({ ...where, backlog: BACKLOG }, () => {
      server.off('error', failed);
      resolve(undefined);
    });
  });
}

/** Lets every user connect to a socket that is listened on. */
function openSocket(path: string): Promise<void> {
  return chmod(path, SOCKET_MODE);
}

/** One line that completes "portcullis: …". `code` is the system's, such as EADDRINUSE. */
export function bindProblem(address: ListenAddress, code: string | undefined): string {
  const where = formatAddress(address);
  switch (code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: something else does already. Stop it, or choose another address.`;
    case 'EACCES':
    case 'EPERM':
      return `cannot listen on ${where}: permission denied. Ports below 1024 and folders of others need rights.`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `cannot listen on ${where}: this machine has no such address.`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `cannot listen on ${where}: the folder of the socket does not exist.`;
    default:
      return `cannot listen on ${where}: ${code ?? 'unknown error'}.`;
  }
}

/** Removes the socket that a killed process left behind, if no process listens on it; never another kind of file. */
async function clearStaleSocket(path: string): Promise<void> {
  const address: ListenAddress = { kind: 'unix', path };
  // The system calls a missing folder a lack of permission.
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder === undefined || !folder.isDirectory()) throw new StartError(bindProblem(address, 'ENOENT'));
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new StartError(`cannot listen on ${formatAddress(address)}: there is something that is no socket.`);
  }
  if (await isAnswered(path)) throw new StartError(bindProblem(address, 'EADDRINUSE'));
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new StartError(bindProblem(address, error.code));
  });
}

/** Returns false only where the connection is refused, or the file is gone: in doubt, a process listens. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

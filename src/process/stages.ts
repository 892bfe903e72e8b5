/** The stage that a request over the network has reached. Silence has another cause at each stage. */

import type { ClientRequest } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What a request waits for: its host's address, a connection, the end of TLS' handshake, or the answer. */
export type Stage = 'lookup' | 'connect' | 'handshake' | 'answer';

/**
 * Calls back when the request has its connection, be it one to make, and at each further stage. One that is kept from
 * before has its handshake behind it.
 *
 * @param host as in a URL: a name, or an address, which needs no lookup.
 */
export function followStages(asking: ClientRequest, host: string, onStage: (stage: Stage) => void): void {
  const isAddress = isIP(host.replaceAll(/[[\]]/g, '')) !== 0;
  asking.once('socket', (socket: Socket) => {
    const connected = (): void => {
      const secured = (): void => onStage('answer');
      if (socket instanceof TLSSocket && isShaking(socket)) {
        onStage('handshake');
        socket.once('secureConnect', secured);
      } else secured();
    };
    if (socket.connecting) {
      onStage(isAddress ? 'connect' : 'lookup');
      if (!isAddress) socket.once('lookup', () => onStage('connect'));
      socket.once('connect', connected);
    } else connected();
  });
}

/** Node.js has the member since version 6; its types do not. */
const isShaking = (socket: TLSSocket): boolean =>
  'secureConnecting' in socket && socket.secureConnecting === true;

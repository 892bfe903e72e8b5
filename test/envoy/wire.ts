/** Requests and answers as bytes. */

import { type RawAnswer, rawConnection } from '../../src/validator/testing/sockets.ts';

/** A message without a body. */
export const lines = (...all: string[]): string => [...all, '', ''].join('\r\n');

/** Sends bytes to a port of 127.0.0.1 on a connection of their own, and waits for the first answer. */
export async function answerTo(port: number, bytes: string): Promise<RawAnswer> {
  const connection = await rawConnection(port);
  connection.socket.write(bytes, 'latin1');
  try {
    return await connection.answer();
  } finally {
    connection.socket.destroy();
  }
}

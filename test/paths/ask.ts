/** Asks a server for paths byte for byte, and reads from the answer which of the app's handlers was reached. */
import { connect } from 'node:net';

export type Handler = 'public' | 'admin' | 'other';

/** Questions under way at a time. */
const ABREAST = 8;
/** Milliseconds: servers that wait for the rest of what they take for half a request have reached no handler. */
const PATIENCE = 20_000;

/** One answer for each path; undefined where no handler was reached. */
export async function askAll(
  port: number,
  paths: readonly string[],
): Promise<readonly (Handler | undefined)[]> {
  const answers: (Handler | undefined)[] = new Array(paths.length);
  const queue = paths.entries();
  const work = async () => {
    for (const [i, path] of queue) answers[i] = handlerOf(await ask(port, path));
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  return answers;
}

function handlerOf(answer: string): Handler | undefined {
  const name = /reached:(public|admin|other)/.exec(answer)?.[1];
  return name === 'public' || name === 'admin' || name === 'other' ? name : undefined;
}

/** All that the server says until it closes the connection. */
function ask(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.setTimeout(PATIENCE, () => socket.destroy());
    // A server may reset the connection of a request that it does not like.
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') reject(error);
    });
    socket.on('close', () => resolve(answer));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n`, 'latin1');
  });
}

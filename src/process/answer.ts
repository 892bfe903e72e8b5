/** Sends a request of ours and returns the head of its answer. */

import type { ClientRequest, IncomingMessage } from 'node:http';

/** Sends the request, and resolves with the head of its answer. Rejects where there is none. */
export function answerTo(asking: ClientRequest, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.once('response', resolve);
    rejectOnEnd(asking, reject);
    asking.end(body);
  });
}

/** Node.js does not call every end of a connection an error. */
export function rejectOnEnd(asking: ClientRequest, reject: (reason: Error) => void): void {
  asking.on('error', reject);
  asking.once('close', () => reject(new Error('The connection was closed.')));
}

/** The body of a request, as long as it is short. */

import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'tooLong' }
  /** The other side went away in the middle of it. */
  | { readonly kind: 'cut' };

export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Body> {
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) return { kind: 'tooLong' };
  const chunks: Buffer[] = [];
  let length = 0;
  const { promise, resolve } = Promise.withResolvers<Body>();
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
    else resolve({ kind: 'tooLong' });
  });
  message.once('end', () => resolve({ kind: 'body', text: Buffer.concat(chunks).toString() }));
  message.once('close', () => resolve({ kind: 'cut' }));
  message.once('error', () => resolve({ kind: 'cut' }));
  return promise;
}

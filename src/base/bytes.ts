/** Bytes that come piece by piece. */

/**
 * All of them, or undefined as soon as there are more than `most`: then the rest is not read, and a stream of Node.js is
 * destroyed. Rejects where the stream fails.
 *
 * @param onBytes is called with the length of each piece, as it comes.
 */
export async function readBytes(
  pieces: AsyncIterable<Uint8Array>,
  most: number,
  onBytes: (count: number) => void = () => undefined,
): Promise<Buffer | undefined> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    onBytes(piece.length);
    if (length > most) return undefined;
    read.push(piece);
  }
  return Buffer.concat(read);
}

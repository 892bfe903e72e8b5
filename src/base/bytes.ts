/** Reads a stream of bytes to its end, up to a bound. */

/**
 * Returns all bytes, or undefined as soon as there are more than `most`: then it does not read the rest, and destroys a
 * stream of Node.js. Rejects where the stream fails.
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

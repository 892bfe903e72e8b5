/** Lines out of a stream of bytes: what a watch sends. */

const LINE_FEED = 0x0a;

/** Each line but empty ones, without its line feed; a last one that has none is no line: it was cut off. */
export async function* lines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      begun.push(chunk.subarray(from, end));
      from = end + 1;
      // Decoded as a whole: a character may be spread over two chunks.
      const line = Buffer.concat(begun).toString('utf8');
      begun = [];
      if (line !== '') yield line;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
}

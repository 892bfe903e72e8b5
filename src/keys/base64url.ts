/** Base64url as JOSE has it (RFC 7515 section 2): no padding, no other characters, one spelling a value. */

/** The bytes, or undefined for anything but the one canonical, non-empty spelling of them. */
export function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // Node's decoder skips what it does not know and takes stray bits: only a round trip shows them.
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : undefined;
}

/** The system code of an error: the only part of its text that is safe to show. */

/** Such as ECONNREFUSED or HPE_HEADER_OVERFLOW, of the operating system or of Node.js; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}

/**
 * What servers do to a path before they look at it, one habit a function.
 *
 * Paths are worked on as bytes, one character each from U+0000 to U+00FF, because escapes stand for bytes
 * and what they spell need not be UTF-8.
 */

type Transformation = (path: string) => string;

/**
 * Percent-decoding, as different servers do it. Anything that is no escape stays, and so does a path that
 * another of them reads alike.
 */
export const decodings: readonly Transformation[] = [
  decode,
  decodeAllButSlashes,
  decodeAllButSlash,
  decodeWithUnicode,
];

/**
 * All that is done beside decoding. None of these makes a path longer than by one slash.
 *
 * A path that was decoded, and is then parsed as a URL or handed to C, ends at `?`, `#` or NUL; some servers
 * know only one of them. At `;` it ends to routers that begin the query there (Fastify 4, older Jetty).
 */
export const repairs: readonly Transformation[] = [
  mergeSlashes,
  turnBackslashes,
  dropParameters,
  dropLastParameters,
  ...['?', '#', '\0', ';'].map(cutAt),
  trimSegments,
  trimEnd,
  resolveDots,
  resolveDotsWithoutSlash,
  resolveDisguisedDots,
  dropServletPath,
  dropLineBreaks,
  dropAuthority,
  dropAuthorityAfterSlashes,
  root,
  readOverlong,
];

/** RFC 3986 section 2.1. */
function decode(path: string): string {
  return decodeOctets(path, '');
}

/** Routers that split first and decode each segment keep an escaped slash inside of it. */
function decodeAllButSlashes(path: string): string {
  return /%(?:2f|5c)/i.test(path) ? decodeOctets(path, '/\\') : path;
}

/** Others do not count the backslash as one, and turn it later (Tomcat can be configured so). */
function decodeAllButSlash(path: string): string {
  return /%5c/i.test(path) ? decodeOctets(path, '/') : path;
}

/** Windows' HTTP.sys and Jetty also read `%uXXXX`, a UTF-16 code unit. */
function decodeWithUnicode(path: string): string {
  if (!/%u[0-9a-f]{4}/i.test(path)) return path;
  const read = path.replace(/(?:%u[0-9a-f]{4})+/gi, (units) => {
    let text = '';
    for (let i = 2; i < units.length; i += 6) {
      text += String.fromCharCode(Number.parseInt(units.slice(i, i + 4), 16));
    }
    return texts.utf8(text);
  });
  return decodeOctets(read, '');
}

/** Digit by digit, in a third of the time that a regular expression takes for a path full of escapes. */
function decodeOctets(path: string, kept: string): string {
  let decoded = '';
  let from = 0;
  for (let at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
    const high = hexDigit(path.charCodeAt(at + 1));
    const low = hexDigit(path.charCodeAt(at + 2));
    if (high < 0 || low < 0) continue;
    const octet = String.fromCharCode(high * 16 + low);
    if (kept.includes(octet)) continue;
    decoded += path.slice(from, at) + octet;
    from = at + 3;
  }
  return from === 0 ? path : decoded + path.slice(from);
}

/** -1 for what is no digit, and for the end of the text. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function mergeSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

function turnBackslashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Servlet containers take `;` and what follows it out of each segment before they match. */
function dropParameters(path: string): string {
  return path.replace(/;[^/]*/g, '');
}

/** Only the last segment has parameters by RFC 1808 (Python's urlparse). */
function dropLastParameters(path: string): string {
  const end = path.indexOf(';', path.lastIndexOf('/') + 1);
  return end < 0 ? path : path.slice(0, end);
}

function cutAt(delimiter: string): Transformation {
  return (path) => {
    const end = path.indexOf(delimiter);
    return end < 0 ? path : path.slice(0, end);
  };
}

/** Routers that trim each segment (Spring before 4.3, CVE-2016-5007). */
function trimSegments(path: string): string {
  return /[\0-\x20]/.test(path) ? path.split('/').map(trim).join('/') : path;
}

/** The URL Standard's parser trims the whole. */
function trimEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) <= 0x20) end--;
  return path.slice(0, end);
}

/** White space and controls of ASCII alone: other bytes may be part of a letter. */
function trim(segment: string): string {
  let start = 0;
  while (start < segment.length && segment.charCodeAt(start) <= 0x20) start++;
  return trimEnd(segment.slice(start));
}

/** RFC 3986 section 5.2.4; above the root there is nothing. */
function resolveDots(path: string): string {
  return /\/\.{1,2}(?:\/|$)/.test(path) ? resolve(path, (segment) => segment) : path;
}

/** The same as file systems have it: `/a/b/..` is `/a`. */
function resolveDotsWithoutSlash(path: string): string {
  const resolved = /\/\.{1,2}$/.test(path) ? resolveDots(path) : path;
  return resolved !== path && resolved.length > 1 ? resolved.slice(0, -1) : resolved;
}

/** Dots that are still escaped, as browsers take them (URL Standard), or that carry parameters. */
function resolveDisguisedDots(path: string): string {
  if (!/\/(?:\.|%2e){1,2}(?:[/;]|$)/i.test(path)) return path;
  return resolve(path, (segment) => segment.replace(/;.*$/s, '').replace(/%2e/gi, '.'));
}

/**
 * Spring before 5.3 takes the servlet's path, in which dots are resolved, from the front of the path in which they are
 * not, and routes by the rest: `/public/x/admin/../../x` is `/admin/../../x` to it.
 */
function dropServletPath(path: string): string {
  const servletPath = resolveDots(path);
  return path.startsWith(`${servletPath}/`) && servletPath !== '/' ? path.slice(servletPath.length) : path;
}

function resolve(path: string, plain: (segment: string) => string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, i) => {
    const name = plain(segment);
    const isLast = i === segments.length - 1;
    if (name === '..') kept.pop();
    if (name !== '.' && name !== '..') kept.push(segment);
    else if (isLast) kept.push('');
  });
  return `/${kept.join('/')}`;
}

/** The URL Standard's parser drops them wherever they stand. */
function dropLineBreaks(path: string): string {
  return path.replace(/[\t\n\r]/g, '');
}

/** Parsed as a URL reference, `//a/b` is the path `/b` at host `a`; so is `http://a/b`. */
function dropAuthority(path: string): string {
  return path.replace(/^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/[^/?#]*/, '');
}

/** The URL Standard's parser takes any more slashes for two: `///a/b` is also `/b`. */
function dropAuthorityAfterSlashes(path: string): string {
  return path.replace(/^\/{3,}[^/?#]*/, '');
}

/** `*`, an empty path and others that have no slash in front. */
function root(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

/** ASCII hidden in longer UTF-8 sequences than it needs (RFC 3629 section 10 warns of it). */
function readOverlong(path: string): string {
  return path.replace(/(?:[\xc0\xc1]|\xe0[\x80\x81]|\xf0\x80[\x80\x81])[\x80-\xbf]/g, (sequence) => {
    const high = sequence.charCodeAt(sequence.length - 2) & 0x01;
    return String.fromCharCode((high << 6) | (sequence.charCodeAt(sequence.length - 1) & 0x3f));
  });
}

/** Between text and the bytes that transformations work on. */
export const texts = {
  /** A request line's bytes reach us as UTF-8, or one character each. */
  toBytes(text: string): readonly string[] {
    if (isAscii(text)) return [text];
    const encoded = texts.utf8(text);
    return /^[\0-\xff]*$/.test(text) ? [text, encoded] : [encoded];
  },

  /** What is not UTF-8 is read with replacement characters by some, as ISO 8859-1 by others. */
  fromBytes(bytes: string): readonly string[] {
    if (isAscii(bytes)) return [bytes];
    const read = Buffer.from(bytes, 'latin1').toString('utf8');
    return read.includes('\ufffd') ? [read, bytes] : [read];
  },

  utf8(text: string): string {
    return Buffer.from(text, 'utf8').toString('latin1');
  },
};

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** Paths by which somebody would get at what is guarded, and what a server could make of a path. */

/** Targets of requests, byte for byte. What follows /maybe and /healthz is open to all, in the manifests of the tests. */
export const PATH_TRICKS: readonly string[] = [
  '/admin',
  '/maybe/../admin',
  '/maybe/./../admin',
  '/maybe/x/../../admin',
  '/maybe//../admin',
  '/maybe/%2e%2e/admin',
  '/maybe/.%2e/admin',
  '/maybe/%2E./admin',
  '/maybe/..%2fadmin',
  '/maybe%2f..%2fadmin',
  '/maybe/%2f../admin',
  '/maybe/%252e%252e/admin',
  '/maybe/%252e%252e%252fadmin',
  '/maybe/%25252e%25252e/admin',
  '/maybe/..;/admin',
  '/maybe/..;a=b/admin',
  '/maybe;/../admin',
  '/maybe/;/../admin',
  '/maybe/..\\admin',
  '/maybe\\..\\admin',
  '/maybe/..%5cadmin',
  '/maybe/%5c../admin',
  '/maybe/%u002e%u002e/admin',
  '/maybe/%c0%ae%c0%ae/admin',
  '/maybe/..%c0%afadmin',
  '/maybe/..%ef%bc%8fadmin',
  '/maybe/%%32%65%%32%65/admin',
  '/maybe/..%00/admin',
  '/maybe/..%0d%0a/admin',
  '//admin',
  '///maybe/..//admin',
  '/./admin',
  '/%2e/admin',
  '/MAYBE/../admin',
  '/%6daybe/../admin',
  '/healthz/../admin',
  '/healthz;/../admin',
  '/healthz/..;/admin',
  '/healthz%2f..%2fadmin',
  '/healthz%3f/../admin',
  '/healthz%23/../admin',
  '/admin%2f..%2fhealthz/../admin',
  '/admin?/healthz',
  '/admin?/../healthz',
  '/admin;/healthz',
  '/admin%3b/../healthz',
  '/index.php/admin',
  '/admin.json',
  'http://orders.example/admin',
  'http://orders.example/maybe/../admin',
  'http://nobody.example/maybe',
  '/envoy/maybe',
  '/forward-auth',
  '/auth-request',
  '/portcullis_check',
  '/portcullis_check/maybe',
  '*',
];

const CHANGES: readonly ((path: string) => string)[] = [
  (path) =>
    path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (path) =>
    path.replace(/%u00([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replace(/\/{2,}/g, '/'),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => withoutDots(path),
  (path) => path.toLowerCase(),
  (path) => path.replace(/\0.*$/s, ''),
  (path) => path.replace(/[?#].*$/s, ''),
];

function withoutDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return kept.join('/');
}

/** All that servers could make of a target, one change after the other, in every order. */
export function madeOf(target: string): ReadonlySet<string> {
  const found = new Set([target.replace(/\?.*$/s, '')]);
  for (const path of found) {
    for (const change of CHANGES) {
      const other = change(path);
      if (found.size < 5000) found.add(other);
    }
  }
  return found;
}

/** Whether a target is, to some server, one of these or below. */
export const mayLeadTo = (target: string, ...places: readonly string[]): boolean =>
  [...madeOf(target)].some((path) => places.some((place) => path === place || path.startsWith(`${place}/`)));

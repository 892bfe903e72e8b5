import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import type { PathMatch } from '../policy/rule-match.ts';
import { prepareBinding, type RuledBinding } from './binding.ts';
import { route } from './route.ts';

/** How a server arrives at the path that it routes by; undefined where it refuses. Written after their docs and code. */
type Server = (target: string) => string | undefined;

const eachSegment = (path: string, change: (segment: string) => string) =>
  path.split('/').map(change).join('/');
const decode = (path: string, kept: RegExp = /^$/) =>
  path.replace(/%([0-9a-f]{2})/gi, (octet, hex: string) =>
    kept.test(octet) ? octet : String.fromCharCode(Number.parseInt(hex, 16)),
  );
/** URIUtil.decodePath and TypeUtil of Jetty 9.4 to 12, which compute with character codes; undefined where they throw. */
function decodeByJetty(path: string): string | undefined {
  let throws = false;
  const value = (text: string, length: number, digit: (code: number) => number) => {
    const digits = Array.from(text, (one) => digit(one.charCodeAt(0)));
    throws ||= digits.length < length || digits.some((one) => one < 0 || one > 15);
    return digits.reduce((sum, one) => sum * 16 + one, 0);
  };
  const octet = (code: number) => (code & 0x1f) + (code >> 6) * 0x19 - 0x10;
  const unit = (code: number) =>
    [code - 48, code - 55, code - 87].find((one, i) => one >= (i % 2) * 10 && one < (i ? 16 : 10)) ?? -1;
  const read = path.replace(/%(?:u(.{0,4})|(.{0,2}))/gs, (_, four?: string, two = '') =>
    String.fromCharCode(four === undefined ? value(two, 2, octet) : value(four, 4, unit)),
  );
  return throws ? undefined : read;
}

const dropParameters = (path: string) => eachSegment(path, (segment) => segment.split(';', 1)[0] ?? '');
const merge = (path: string) => path.replace(/\/+/g, '/');
const upTo = (path: string, delimiters: RegExp) => path.split(delimiters, 1)[0] ?? '';

function resolve(path: string): string {
  const kept: string[] = [];
  const names = path.split('/').slice(1);
  for (const [i, name] of names.entries()) {
    if (name === '..') kept.pop();
    if (name !== '.' && name !== '..') kept.push(name);
    else if (i === names.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

const clean = (path: string) => resolve(merge(path)).replace(/(.)\/$/, '$1');
const nodeUrl: Server = (target) => URL.parse(target, 'http://localhost')?.pathname;
const nginx = (target: string) => resolve(merge(decode(target)));
const tomcat = (target: string) => resolve(merge(decode(dropParameters(target)).replaceAll('\\', '/')));
const jetty: Server = (target) => {
  const decoded = decodeByJetty(dropParameters(target));
  return decoded === undefined ? undefined : resolve(decoded);
};
const urlsplit = (target: string) =>
  upTo(target.replace(/[\t\r\n]/g, '').replace(/^\/\/[^/?#]*/, ''), /[?#]/);

const SERVERS: Readonly<Record<string, Server>> = {
  raw: (target) => target,
  'Django, Flask': (target) => merge(decode(target)),
  'Go ServeMux': (target) => clean(decode(target)),
  nginx,
  Tomcat: tomcat,
  'Tomcat that passes %2F on': (target) =>
    resolve(merge(decode(dropParameters(target), /%2f/i).replaceAll('\\', '/'))),
  Jetty: jetty,
  'Jetty behind a proxy that decodes': (target) => jetty(decode(target)),
  'Jetty 6': (target) => resolve(decode(upTo(target, /;/))),
  Undertow: (target) => resolve(dropParameters(decode(target))),
  'Spring 4': (target) => clean(eachSegment(decode(dropParameters(target)), (segment) => segment.trim())),
  'Spring PathPattern': (target) => eachSegment(dropParameters(target), (segment) => decode(segment, /%2f/i)),
  'Node URL': nodeUrl,
  'Node URL, decoded before': (target) => nodeUrl(decode(target)),
  'Node URL behind nginx': (target) => nodeUrl(nginx(target)),
  'Fastify 4': (target) => decode(upTo(target, /[?#;]/), /%2f/i),
  'Python urlsplit': (target) => decode(urlsplit(target)),
  'Python urlsplit, decoded before': (target) => urlsplit(decode(target)),
  'Python urlparse': (target) => decode(urlsplit(target).replace(/;[^/]*$/, '')),
  'Tomcat behind nginx': (target) => tomcat(nginx(target)),
  'Rails, which takes a format': (target) => clean(decode(target)).replace(/([^/])\.[^./?]+$/, '$1'),
  'Spring 4, which takes a suffix': (target) =>
    clean(decode(dropParameters(target))).replace(/([^/.])\.[^/]*$/, '$1'),
  'PHP behind nginx': (target) => nginx(target).replace(/^\/[^/]+\.php(?=\/|$)/, '') || '/',
  'PHP in a folder of its own': (target) => nginx(target).replace(/^.+\.php(?=\/|$)/, '') || '/',
  'ASP.NET': (target) =>
    resolve(
      merge(
        decode(target)
          .replaceAll('\\', '/')
          .replace(/\/\(S\([^()/]*\)\)/g, ''),
      ),
    ),
  'a file system': (target) => clean(upTo(decode(target), /\0/).replaceAll('\\', '/')),
};

const PIECES = [
  '/ / // /// . .. ..; \\ ; ;x=1 %2e %2e%2e %252e %2f %252f %5c %3b %253b %00 %3f %23 %20 %0d %09',
  '%61 %2561 a x admin ADMIN @ %u002e %u002f %u0061',
  '%2> %252> %252%3e %25%32`',
  '.json .a.b /index.php /app.php/ /(S(x)) %2ejson',
].flatMap((line) => line.split(' '));

const PATTERNS: readonly PathMatch[] = [
  ...['/', '/admin', '/admin/x', '/x'].map((value) => ({ type: 'Exact', value }) as const),
  ...['/admin', '/a/admin', '/x', '/x/a'].map((value) => ({ type: 'PathPrefix', value }) as const),
  ...['/{p}', '/{p}/admin', '/{p}/{q}/admin', '/x/{p}'].map(
    (value) => ({ type: 'Template', value }) as const,
  ),
  ...['/[^/]+/admin', '.*/admin', '/x/.+'].map((value) => ({ type: 'RegularExpression', value }) as const),
];

function bindingWith(patterns: readonly PathMatch[]): RuledBinding {
  const rules = patterns.map((pattern) => rulePolicy({ match: { paths: [pattern] } }));
  const binding = finishSteps(prepareBinding(bindingPolicy({ rules })));
  if (binding.kind === 'invalid') throw new Error(binding.problem);
  return binding;
}

describe('a rule that holds is the one for the path that a server makes of the target', () => {
  const target = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 })
    .map((pieces) => `/${pieces.join('')}`);
  const patterns = fc.array(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 3 });

  it.each(Object.entries(SERVERS))('%s', (_, server) => {
    fc.assert(
      fc.property(patterns, target, (rules, asked) => {
        const binding = bindingWith(rules);
        const ours = route(binding, { method: 'GET', host: 'api.example', call: undefined }, asked);
        const served = server(asked);
        if (ours.kind === 'ambiguous' || served === undefined) return;
        for (const path of [served, served.toLowerCase()]) {
          const rooted = path.startsWith('/') ? path : `/${path}`;
          const reading = { path: rooted, unfolded: rooted, foldCase: path !== served, foldSlash: false };
          const theirs = binding.rules.find(({ patterns }) => patterns.some((one) => one.matches(reading)));
          expect(theirs?.policy.match.paths).toEqual(ours.rule?.policy.match.paths);
        }
      }),
      { numRuns: 500 },
    );
  });
});

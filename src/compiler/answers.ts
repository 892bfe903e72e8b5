/** What a binding answers by itself: the login page that browsers are sent to, and bodies of denials. */

import { hostMatches, normalizeHost, normalizeHostPattern } from '../matching/hosts.ts';
import type { AnswersPolicy } from '../policy/answers.ts';
import type { ApiBinding, ApiBindingAnswersLogin, ApiBindingRule } from '../resources/types.gen.ts';
import { bodyProblem } from './body-places.ts';
import type { Issue } from './issues.ts';
import { mayMatch } from './may-match.ts';

/** One that is no host stays out: then no request is taken for one of it. */
export function answersPolicy({ answers }: ApiBinding['spec']): AnswersPolicy | undefined {
  if (answers === undefined) return undefined;
  const { login, denied = [] } = answers;
  return {
    bodies: denied.map(({ statuses, contentType, body }) => ({ statuses, contentType, body })),
    ...(login !== undefined && {
      login: {
        url: login.url,
        origins: [...new Set(login.hosts.flatMap((host) => read(host)?.origin ?? []))],
      },
    }),
  };
}

/** This machine alone, where browsers, too, hold http for safe. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A host as the author writes it, and where browsers find it: over https, unless it is this machine. */
function read(text: string): { readonly host: string; readonly origin: string } | undefined {
  const named = normalizeHost(text);
  if (named.kind === 'malformed') return undefined;
  const { host, port } = named;
  const [scheme, own] = LOOPBACK.test(host) ? (['http', 80] as const) : (['https', 443] as const);
  return { host, origin: `${scheme}://${host}${port === undefined || port === own ? '' : `:${port}`}` };
}

/** What is wrong with them by themselves. */
export function answersIssues({ answers }: ApiBinding['spec']): readonly Issue[] {
  const { login, denied = [] } = answers ?? {};
  return [
    ...(login?.hosts ?? []).flatMap((host, i): readonly Issue[] =>
      read(host) === undefined
        ? [
            {
              reason: 'AnswerInvalid',
              field: `spec.answers.login.hosts[${i}]`,
              message: 'it is no host name',
              remedy:
                'write a name such as shop.example, with a port where it is not 443, without scheme and path',
            },
          ]
        : [],
    ),
    ...denied.flatMap(({ contentType, body }, i): readonly Issue[] => {
      const problem = bodyProblem(contentType, body);
      return problem === undefined
        ? []
        : [{ reason: 'AnswerInvalid', field: `spec.answers.denied[${i}].body`, ...problem }];
    }),
    ...denied.flatMap(({ statuses }, i): readonly Issue[] => {
      const earlier = new Set(denied.slice(0, i).flatMap((one) => one.statuses));
      const lost = statuses.filter((status) => earlier.has(status));
      return lost.length === 0
        ? []
        : [
            {
              reason: 'AnswerUnreachable',
              field: `spec.answers.denied[${i}].statuses`,
              message: `an earlier entry has ${lost.join(', ')} already, and the first one that fits is taken`,
              remedy: 'name each status in one entry',
            },
          ];
    }),
  ];
}

/** What is allowed, and seldom meant. @param hosts of the binding; empty = any. */
export function loginIssues({ spec }: ApiBinding, hosts: readonly string[]): readonly Issue[] {
  const login = spec.answers?.login;
  if (login === undefined) return [];
  if (spec.mcp?.other === 'Deny') return [UNUSED];
  return [...unguarded(login, hosts), ...loop(login, spec.rules ?? [], hosts), ...uncarried(spec)];
}

const UNUSED: Issue = {
  reason: 'LoginUnused',
  field: 'spec.answers.login',
  message: 'nobody is sent to the login page: with spec.mcp.other: Deny, every GET is answered 405',
  remedy:
    'write other: Pass, and rules for what browsers open beside MCP, or give that a binding of its own; else leave login out',
};

function unguarded({ hosts: named }: ApiBindingAnswersLogin, hosts: readonly string[]): readonly Issue[] {
  return named.flatMap((text, i): readonly Issue[] => {
    const { host } = read(text) ?? {};
    if (host === undefined || hostMatches(hosts, host)) return [];
    return [
      {
        reason: 'LoginHostUnguarded',
        field: `spec.answers.login.hosts[${i}]`,
        message: `the binding does not guard ${host}, so that no browser is sent to the login page from there`,
        remedy: 'add the host to spec.hosts, or take it out here',
      },
    ];
  });
}

/** A browser sends nothing by itself but cookies. Another header than the usual one is of a proxy that puts it in. */
function uncarried({ credentials }: ApiBinding['spec']): readonly Issue[] {
  const isCarried = ({ in: place, name }: (typeof credentials)[number]): boolean =>
    place === 'Cookie' || (place === 'Header' && name.toLowerCase() !== 'authorization');
  return credentials.some(isCarried)
    ? []
    : [
        {
          reason: 'LoginWithoutCookie',
          field: 'spec.answers.login',
          message:
            'no token is looked for in a cookie, so that a browser comes back from the login page without one, and is sent there again',
          remedy:
            'add {in: Cookie, name: …, origins: […]} to spec.credentials, by the name that the login page sets; leave it where a proxy in front makes the header out of a cookie',
        },
      ];
}

function loop(
  { url }: ApiBindingAnswersLogin,
  rules: readonly ApiBindingRule[],
  hosts: readonly string[],
): readonly Issue[] {
  const [, authority = '', path = ''] = /^[a-z]+:\/\/([^/?#]*)([^?#{]*)/.exec(url) ?? [];
  const { host } = read(authority) ?? {};
  // A binding for any host seldom has that of the login page.
  if (host === undefined || hosts.length === 0 || !hostMatches(hosts, host)) return [];
  if (rules.some((rule) => mayOpen(rule, host, path === '' ? '/' : path))) return [];
  return [
    {
      reason: 'LoginGuarded',
      field: 'spec.answers.login.url',
      message: `the binding guards the login page itself, and no rule lets browsers in to ${path === '' ? '/' : path} without a token`,
      remedy: 'give the login page a rule with authentication: None, or a host of its own',
    },
  ];
}

/** Whether the rule could let a request for the page pass without a token. A pattern counts as one that could. */
function mayOpen({ authentication, match = {} }: ApiBindingRule, host: string, path: string): boolean {
  const { hosts = [], methods = [], paths = [] } = match;
  if (authentication !== 'None' && authentication !== 'Optional') return false;
  if (methods.length > 0 && !methods.includes('GET')) return false;
  const named = hosts.map((one) => normalizeHostPattern(one) ?? one);
  return hostMatches(named, host) && (paths.length === 0 || paths.some((one) => mayMatch(one, path)));
}

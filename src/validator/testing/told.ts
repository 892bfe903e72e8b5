/** A service that takes checks of proxies, which tell of the client's request in headers; and what such proxies send. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { decide, enforce, joe } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import type { CheckCall } from '../check.ts';
import { createHttpService, type HttpServiceParts } from '../http/server.ts';
import { atOnce } from './asking.ts';
import { rawConnection } from './sockets.ts';

const path = (value: string) => ({ paths: [{ type: 'PathPrefix' as const, value }] });

/** Anybody may read below /open, joe all the rest but what the expression keeps. */
export const GUARDED = enforce(
  bindingPolicy({
    rules: [
      rulePolicy({ match: { ...path('/open'), methods: ['GET'] }, authentication: 'None' }),
      rulePolicy({
        match: path('/seen'),
        require: { expressions: [{ expression: 'request.headers.size() == 3', message: 'no' }] },
      }),
      rulePolicy({ match: path('/admin'), require: { roles: { anyOf: ['admin'], allOf: [], noneOf: [] } } }),
    ],
  }),
);

export async function startTold(enforcer = GUARDED, changes: Partial<HttpServiceParts> = {}) {
  const judged: CheckCall[] = [];
  const refused: CheckCall[] = [];
  const server = createHttpService({
    ask: atOnce((check) => {
      judged.push(check);
      return decide(enforcer, check.request);
    }),
    record: (check) => refused.push(check),
    onError: (error) => {
      throw error;
    },
    mayTell: () => true,
    enforcer: () => enforcer,
    ...changes,
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (line: string, ...headers: readonly string[]) => {
    const connection = await rawConnection(port);
    connection.send([`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n'));
    return connection.answer();
  };
  return { judged, refused, ask };
}

/** What a proxy of each form sends for a request. */
export const TOLD_FORMS = {
  'forward-auth': (method: string, target: string, host = 'api.example') => [
    'Host: validator',
    `X-Forwarded-Method: ${method}`,
    'X-Forwarded-Proto: https',
    `X-Forwarded-Host: ${host}`,
    `X-Forwarded-Uri: ${target}`,
  ],
  'auth-request': (method: string, target: string, host = 'api.example') => [
    `Host: ${host}`,
    `X-Original-Method: ${method}`,
    `X-Original-URI: ${target}`,
  ],
  'auth-request by URL': (method: string, target: string, host = 'api.example') => [
    'Host: validator',
    `X-Original-Method: ${method}`,
    `X-Original-URL: https://${host}${target}`,
  ],
} as const;
export type ToldFormCase = keyof typeof TOLD_FORMS;
export const TOLD_CASES = Object.keys(TOLD_FORMS) as readonly ToldFormCase[];
export const pathOf = (form: ToldFormCase): string => `/${form.split(' ')[0]}`;
export const bearer = `Authorization: Bearer ${joe()}`;

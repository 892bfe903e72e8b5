/** Cases for the rules of an ApiBinding's own answers. */

import { DENIAL_STATUSES } from '../../src/base/denial-statuses.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { binding } from './binding-specs.ts';
import type { RuleCase } from './cases.ts';

const LOGIN = { url: 'https://login.example.com/start?rd={url}', hosts: ['shop.example.com'] };
const BODY = { statuses: [401, 403], contentType: 'application/json', body: '{"error":"{reason}"}' };

const login = (members: JsonObject): JsonObject => binding({ answers: { login: { ...LOGIN, ...members } } });
const denied = (members: JsonObject): JsonObject =>
  binding({ answers: { denied: [{ ...BODY, ...members }] } });

const page = (says: string, no: string, yes: string): RuleCase => ({
  at: 'spec.answers.login.url',
  says,
  refused: login({ url: no }),
  accepted: login({ url: yes }),
});

export const ANSWER_CASES: readonly RuleCase[] = [
  page(
    'a login page is an https URL',
    'http://login.example.com/start?rd={url}',
    'http://localhost:3000/start?rd={url}',
  ),
  page(
    'stands in it once',
    'https://login.example.com/start?rd={url}&again={url}',
    'https://login.example.com/start/{url}#a',
  ),
  page(
    'characters of RFC 3986',
    'https://login.example.com/a b?rd={url}',
    "https://login.example.com/a%20b?rd={url}&x=[1]'(~)",
  ),
  {
    at: 'spec.answers.login.hosts[]',
    says: 'a host is a name',
    refused: login({ hosts: ['*.example.com'] }),
    accepted: login({ hosts: ['Shop.example.com', 'localhost:8080', '[::1]:8080', '[2001:db8::1]'] }),
  },
  {
    at: 'spec.answers.denied[].statuses[]',
    says: 'a denial has the status',
    refused: denied({ statuses: [401, 404] }),
    accepted: denied({ statuses: [...DENIAL_STATUSES] }),
  },
  {
    at: 'spec.answers.denied[].contentType',
    says: 'contentType is application/json',
    refused: denied({ contentType: 'text/html; charset=utf-8' }),
    accepted: denied({ contentType: 'application/vnd.api+json' }),
  },
];

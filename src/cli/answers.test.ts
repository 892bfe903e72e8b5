/** Answers of a binding's own, as the command line tells them. */

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { yaml } from '../../test/support/manifests.ts';
import { lintCommand } from './lint.ts';
import { testCommand } from './policy-tests.ts';
import { explain, explainOffline, ORDERS_URL, okta, orders } from './testing/explain.ts';
import { fileWith, folderWith, runCommand } from './testing/run.ts';

const login = { url: 'https://login.example/?rd={url}', hosts: ['orders.example'] };
const denied = [{ statuses: [401], contentType: 'text/html', body: '<h1>{title}</h1>\n<p>{status}</p>' }];
const MANIFESTS = yaml([okta(), orders({ answers: { login, denied } })]);
const BROWSER = ['--header', 'Sec-Fetch-Mode: navigate'];
const LOCATION = 'https://login.example/?rd=https%3A%2F%2Forders.example%2Fa%3Fb';

describe('portcullis explain', () => {
  it('shows where a browser is sent', async () => {
    const { code, told } = await explain(MANIFESTS, `GET ${ORDERS_URL}/a?b`, BROWSER);
    expect(code).toBe(3);
    expect(told).toMatchObject({ outcome: 'denied', status: 302, reason: 'token_missing', body: '' });
    expect(told.headers).toEqual({ location: LOCATION, 'cache-control': 'no-store' });
  });

  const answered = async (...args: readonly string[]) => {
    const line = ['-f', fileWith(MANIFESTS), '--request', `GET ${ORDERS_URL}/a?b`, ...args];
    const { out } = await runCommand(explainOffline, line);
    return out.slice(out.indexOf('answer'));
  };

  it('as text, too', async () => {
    expect(await answered(...BROWSER)).toBe(
      `answer        A browser opens a page, and a login helps: it is sent to the login page\nanswer        denied: 302 token_missing\n\n302 Found\nlocation: ${LOCATION}\ncache-control: no-store\n`,
    );
  });

  it('shows the body that others get, in one line', async () => {
    const out = await answered();
    expect(out).toContain('401 Unauthorized\ncontent-type: text/html; charset=utf-8\n');
    expect(out).toContain('\n<h1>A token is required</h1> <p>401</p>\n');
  });
});

describe('portcullis test', () => {
  const run = (mode: string, status: number) => {
    const test = {
      name: mode,
      request: `GET ${ORDERS_URL}/`,
      headers: { 'sec-fetch-mode': mode },
      expect: { outcome: 'denied', reason: 'token_missing', status },
    };
    const folder = folderWith({ 'm.yaml': MANIFESTS, 't.yaml': stringify({ tests: [test] }) });
    return runCommand(testCommand, ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')]);
  };

  it('tells a browser from a fetch by its status', async () => {
    expect(await run('navigate', 302)).toMatchObject({ code: 0 });
    expect(await run('cors', 401)).toMatchObject({ code: 0 });
    expect(await run('cors', 302)).toMatchObject({ code: 1 });
  });
});

it('portcullis lint says what a body has wrong, and where', async () => {
  const wrong = [{ statuses: [403], contentType: 'application/json', body: '{\n "a": "{user}"}' }];
  const manifests = yaml([okta(), orders({ answers: { denied: wrong } })]);
  const { code, out } = await runCommand(lintCommand, ['-f', fileWith(manifests)]);
  expect(code).toBe(1);
  expect(out).toContain('AnswerInvalid');
  expect(out).toContain('{user} at line 2, character 8 is no placeholder');
});

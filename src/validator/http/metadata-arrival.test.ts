/** Requests that a proxy leads to the validator for the metadata of a resource. */

import { describe, expect, it } from 'vitest';
import { enforce } from '../../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { METADATA_PATH, withResource } from '../../../test/support/resource.ts';
import { startTold } from '../testing/told.ts';

const LED = '/resource-metadata';
const HOST = 'Host: api.example';
const foreign = { mayTell: () => false };

describe('the metadata of a resource', () => {
  it('is answered to whoever asks, as the client is to get it', async () => {
    const { ask, judged, refused } = await startTold(withResource(), foreign);
    const got = await ask(`GET ${LED}${METADATA_PATH}`, HOST);
    expect([got.status, JSON.parse(got.body)]).toEqual([200, { resource: 'https://api.example/mcp' }]);
    expect(got.headers.get('content-type')).toBe('application/json');
    expect([...got.headers.keys()].filter((name) => name.startsWith('portcullis-'))).toEqual([]);
    const preflight = await ask(`OPTIONS ${LED}${METADATA_PATH}`, HOST);
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    const posted = await ask(`POST ${LED}${METADATA_PATH}`, HOST, 'Content-Length: 0');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    // No gateway has asked about a request by it, and no token was looked at.
    expect(judged).toEqual([]);
    expect(refused.map(({ request }) => request.pathAndQuery)).toEqual(Array(3).fill(METADATA_PATH));
  });

  it('does not depend on what a client says of the port', async () => {
    const { ask } = await startTold(withResource(), foreign);
    expect((await ask(`GET ${LED}${METADATA_PATH}`, HOST, 'X-Portcullis-Port: 1')).status).toBe(200);
  });

  it.each([
    ['another path', `${LED}/orders`, HOST],
    ['a query', `${LED}${METADATA_PATH}?a`, HOST],
    ['another spelling', `${LED}/.well-known/oauth-protected-resource/%6Dcp`, HOST],
    ['a path with dots', `${LED}/x/..${METADATA_PATH}`, HOST],
    ['no path', LED, HOST],
    ['two hosts', `${LED}${METADATA_PATH}`, 'Host: api.example,other.example'],
  ])('is not at %s', async (_, target, host) => {
    const { ask } = await startTold(withResource(), foreign);
    const { status, body } = await ask(`GET ${target}`, host);
    expect([status, JSON.parse(body).reason]).toEqual([404, 'request_malformed']);
  });

  it.each([
    ['has no resource', enforce(bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] }))],
    ['is disabled', enforce(bindingPolicy({}, { mode: 'Disabled' }))],
    ['only audits', enforce(bindingPolicy({}, { mode: 'Audit' }))],
  ])('is none where the binding %s: what it would let pass is not let pass here', async (_, enforcer) => {
    const { ask } = await startTold(enforcer, foreign);
    expect((await ask(`GET ${LED}${METADATA_PATH}`, HOST)).status).toBe(404);
  });

  it('is unavailable as long as there is no policy', async () => {
    const { ask } = await startTold(withResource(), { ...foreign, enforcer: () => undefined });
    const { status, body } = await ask(`GET ${LED}${METADATA_PATH}`, HOST);
    expect([status, JSON.parse(body).reason]).toEqual([503, 'policy_missing']);
  });
});

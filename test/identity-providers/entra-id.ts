/** Entra ID's payloads: two versions, many tenants, and groups that are left out. */

import type { Provider } from './provider.ts';

const TENANT = '5fd1d4fd-8a42-4b33-9c5c-0a4c0e1f2a3b';
const OTHER_TENANT = '0c4a1f77-1f3e-4f0e-8f57-7a2b9f1f6d11';
const ENTRA = 'https://login.microsoftonline.com';

export const ENTRA_ID: readonly Provider[] = [
  {
    name: 'Entra ID, version 1',
    jwt: { preset: 'EntraID', issuer: `https://sts.windows.net/${TENANT}/`, audiences: ['api://x'] },
    claims: {
      ver: '1.0',
      iss: `https://sts.windows.net/${TENANT}/`,
      aud: 'api://x',
      appid: 'A',
      scp: 'user_impersonation',
      tid: TENANT,
      unique_name: 'a@x',
    },
    identity: { user: undefined, name: 'a@x', scopes: ['user_impersonation'], client: 'A' },
    refused: [
      {
        without: 'the slash',
        claims: { iss: `https://sts.windows.net/${TENANT}` },
        reason: 'issuer_unknown',
      },
      {
        without: 'its audience',
        claims: { aud: '00000003-0000-0000-c000-000000000000' },
        reason: 'audience_mismatch',
      },
    ],
  },
  {
    name: 'Entra ID, version 2, any tenant',
    jwt: { preset: 'EntraID', issuer: `${ENTRA}/{tenantid}/v2.0`, tenants: ['*'], audiences: ['G'] },
    claims: {
      ver: '2.0',
      iss: `${ENTRA}/${TENANT}/v2.0`,
      aud: 'G',
      azp: 'A',
      tid: TENANT,
      oid: 'O',
      sub: 'pairwise',
      roles: ['reader'],
      groups: ['g1'],
      preferred_username: 'a@x',
    },
    key: { issuer: `${ENTRA}/{tenantid}/v2.0` },
    identity: { user: 'O', name: 'a@x', roles: ['reader', 'g1'], client: 'A' },
    refused: [
      {
        without: 'its groups, for their number',
        claims: {
          groups: undefined,
          _claim_names: { groups: 'src1' },
          _claim_sources: { src1: { endpoint: 'https://graph.example/x' } },
        },
        reason: 'groups_overage',
      },
      { without: 'its groups, said shortly', claims: { hasgroups: true }, reason: 'groups_overage' },
      { without: 'tid', claims: { tid: undefined }, reason: 'issuer_unknown' },
      { without: 'the tid that its issuer names', claims: { tid: OTHER_TENANT }, reason: 'issuer_unknown' },
      {
        without: 'a tid that is a GUID',
        claims: { tid: 'common', iss: `${ENTRA}/common/v2.0` },
        reason: 'issuer_unknown',
      },
      { without: 'an allowed tenant', jwt: { tenants: [OTHER_TENANT] }, reason: 'issuer_unknown' },
      {
        without: 'a key for its tenant',
        key: { issuer: `${ENTRA}/${OTHER_TENANT}/v2.0` },
        reason: 'key_unknown',
      },
    ],
  },
];

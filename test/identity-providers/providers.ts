/** Payloads in the shape of each identity provider, how a source for them is written, and what may not be missing. */

import { NOW } from '../support/verification.ts';
import { ENTRA_ID } from './entra-id.ts';
import type { Provider } from './provider.ts';

export const PROVIDERS: readonly Provider[] = [
  {
    name: 'Okta, custom authorization server',
    jwt: { preset: 'Okta', issuer: 'https://o.example/oauth2/default', audiences: ['api://x'] },
    claims: {
      ver: 1,
      iss: 'https://o.example/oauth2/default',
      aud: 'api://x',
      cid: 'c1',
      uid: 'u1',
      scp: ['openid'],
      sub: 'joe@x',
      groups: ['ops'],
    },
    identity: { user: 'u1', name: 'joe@x', roles: ['ops'], scopes: ['openid'], client: 'c1' },
    refused: [
      { without: 'its audience', claims: { aud: 'api://y' }, reason: 'audience_mismatch' },
      { without: 'any audience', claims: { aud: undefined }, reason: 'audience_mismatch' },
      { without: 'its server', claims: { iss: 'https://o.example' }, reason: 'issuer_unknown' },
      { without: 'the allowed client', jwt: { clientIDs: ['c2'] }, reason: 'client_not_allowed' },
    ],
  },
  {
    name: 'Cognito, access token',
    jwt: {
      preset: 'Cognito',
      issuer: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_ex',
      audiences: ['57c'],
      clientIDs: ['57c'],
    },
    claims: {
      iss: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_ex',
      client_id: '57c',
      token_use: 'access',
      scope: 'orders/read',
      'cognito:groups': ['admin'],
      username: 'jd',
      sub: 'u',
    },
    key: { kid: 'abc+/d=' },
    identity: { user: 'u', name: 'jd', roles: ['admin'], scopes: ['orders/read'], client: '57c' },
    refused: [
      { without: 'token_use access', claims: { token_use: 'id' }, reason: 'claim_rejected' },
      { without: 'token_use', claims: { token_use: undefined }, reason: 'claim_rejected' },
      { without: 'an allowed client', claims: { client_id: '58d' }, reason: 'client_not_allowed' },
      { without: 'clientIDs in place of aud', jwt: { clientIDs: undefined }, reason: 'audience_mismatch' },
      { without: 'a fitting aud, where there is one', claims: { aud: '58d' }, reason: 'audience_mismatch' },
    ],
  },
  {
    name: 'Google, ID token',
    jwt: {
      preset: 'Google',
      issuer: 'https://accounts.google.com',
      audiences: ['c.apps.googleusercontent.com'],
      expressions: [{ expression: 'claims.hd == "x.com" && claims.email_verified', message: 'not of x.com' }],
    },
    claims: {
      iss: 'accounts.google.com',
      aud: 'c.apps.googleusercontent.com',
      azp: 'c.apps.googleusercontent.com',
      hd: 'x.com',
      email: 'a@x.com',
      email_verified: true,
      sub: '11',
    },
    identity: { user: '11', name: 'a@x.com', roles: [], client: 'c.apps.googleusercontent.com' },
    refused: [
      {
        without: 'the preset, which knows both issuers',
        jwt: { preset: undefined },
        reason: 'issuer_unknown',
      },
      { without: 'its domain', claims: { hd: undefined }, reason: 'claim_rejected' },
      { without: 'a verified address', claims: { email_verified: false }, reason: 'claim_rejected' },
      {
        without: 'its audience',
        claims: { aud: 'd.apps.googleusercontent.com' },
        reason: 'audience_mismatch',
      },
    ],
  },
  ...ENTRA_ID,
  {
    name: 'Auth0',
    jwt: { preset: 'Auth0', issuer: 'https://t.auth0.com/', audiences: ['https://api.x'] },
    claims: {
      iss: 'https://t.auth0.com/',
      aud: ['https://api.x', 'https://t.auth0.com/userinfo'],
      azp: 'c',
      scope: 'read:a',
      permissions: ['read:a'],
      'https://x.com/roles': ['ops'],
      sub: 'auth0|1',
    },
    identity: { user: 'auth0|1', roles: ['read:a'], scopes: ['read:a'], client: 'c' },
    refused: [
      { without: 'the slash', claims: { iss: 'https://t.auth0.com' }, reason: 'issuer_unknown' },
      {
        without: 'the API among its audiences',
        claims: { aud: ['https://t.auth0.com/userinfo'] },
        reason: 'audience_mismatch',
      },
    ],
  },
  {
    name: 'Auth0, roles in a claim named by a URL',
    jwt: {
      preset: 'Auth0',
      issuer: 'https://t.auth0.com/',
      audiences: ['https://api.x'],
      mapping: { roles: ['https://x.com/roles', 'permissions'] },
      requiredClaims: [{ claim: 'https://x.com/roles', values: ['ops'] }],
    },
    claims: {
      iss: 'https://t.auth0.com/',
      aud: 'https://api.x',
      permissions: ['read:a'],
      'https://x.com/roles': ['ops'],
      'https://x': { 'com/roles': ['admin'] },
    },
    identity: { roles: ['ops', 'read:a'] },
    refused: [
      {
        without: 'the claim, whatever a path of that name would find',
        claims: { 'https://x.com/roles': undefined },
        reason: 'claim_rejected',
      },
    ],
  },
  {
    name: 'Keycloak',
    jwt: { preset: 'Keycloak', issuer: 'http://kc/realms/d', audiences: ['account'] },
    claims: {
      iss: 'http://kc/realms/d',
      aud: 'account',
      azp: 'app',
      typ: 'Bearer',
      realm_access: { roles: ['user'] },
      resource_access: { app: { roles: ['r'] } },
      preferred_username: 'e1',
      sub: 's',
    },
    identity: { user: 's', name: 'e1', roles: ['user'], client: 'app' },
    refused: [
      { without: 'typ Bearer', claims: { typ: 'ID' }, reason: 'claim_rejected' },
      { without: 'typ', claims: { typ: undefined }, reason: 'claim_rejected' },
      { without: 'its realm', claims: { iss: 'http://kc/realms/master' }, reason: 'issuer_unknown' },
      { without: 'the allowed client', jwt: { clientIDs: ['other'] }, reason: 'client_not_allowed' },
    ],
  },
  {
    name: 'Keycloak, roles of a client',
    jwt: {
      preset: 'Keycloak',
      issuer: 'http://kc/realms/d',
      audiences: ['account'],
      mapping: { roles: ['realm_access.roles', "resource_access['my.app'].roles"] },
    },
    claims: {
      iss: 'http://kc/realms/d',
      aud: 'account',
      typ: 'Bearer',
      realm_access: { roles: ['user'] },
      resource_access: { 'my.app': { roles: ['r'] } },
    },
    identity: { roles: ['user', 'r'] },
    refused: [{ without: 'an exp in the future', claims: { exp: NOW - 31 }, reason: 'token_expired' }],
  },
];

/** What each identity provider does its own way: the defaults of the fields that a preset may touch. */

import type { AuthenticationSourceJwt } from './types.gen.ts';

export type Preset = NonNullable<AuthenticationSourceJwt['preset']>;

/** The fields that a preset may touch. The schema gives none of them a default. */
export interface PresetFields {
  readonly acceptedIssuers: readonly string[];
  readonly requiredClaims: readonly { readonly claim: string; readonly values: readonly string[] }[];
  readonly mapping: {
    readonly user: readonly string[];
    readonly name: readonly string[];
    readonly roles: readonly string[];
    readonly rolesSeparator: string;
    readonly scopes: readonly string[];
    readonly client: readonly string[];
  };
}

const STANDARD: PresetFields = {
  acceptedIssuers: [],
  requiredClaims: [],
  mapping: {
    user: ['sub'],
    name: ['preferred_username', 'sub'],
    roles: ['groups'],
    rolesSeparator: '',
    scopes: ['scope', 'scp'],
    client: ['azp', 'client_id', 'cid', 'appid'],
  },
};

interface PresetChanges {
  readonly acceptedIssuers?: PresetFields['acceptedIssuers'];
  readonly requiredClaims?: PresetFields['requiredClaims'];
  readonly mapping?: Partial<PresetFields['mapping']>;
}

const CHANGES: Readonly<Record<Preset, PresetChanges>> = {
  Okta: { mapping: { user: ['uid', 'sub'] } },
  // An ID token has the same issuer and keys: without token_use it would pass for an access token.
  Cognito: {
    requiredClaims: [{ claim: 'token_use', values: ['access'] }],
    mapping: { name: ['username', 'cognito:username'], roles: ['cognito:groups'] },
  },
  // Tokens with either form are in the wild.
  Google: {
    acceptedIssuers: ['https://accounts.google.com', 'accounts.google.com'],
    mapping: { name: ['email'] },
  },
  // sub differs from application to application; oid is the same in all.
  EntraID: {
    mapping: {
      user: ['oid', 'sub'],
      name: ['preferred_username', 'upn', 'unique_name'],
      roles: ['roles', 'groups'],
    },
  },
  Auth0: { mapping: { roles: ['permissions'] } },
  // ID and refresh tokens say another typ.
  Keycloak: {
    requiredClaims: [{ claim: 'typ', values: ['Bearer'] }],
    mapping: { roles: ['realm_access.roles'] },
  },
  // An SVID says who it is for and nothing else.
  SPIFFE: { mapping: { name: ['sub'], roles: [], scopes: [], client: [] } },
};

/** All presets, by the table above. */
export const PRESETS = Object.keys(CHANGES) as readonly Preset[];

/** The defaults under a preset; undefined is no preset. */
export function presetFields(preset: Preset | undefined): PresetFields {
  const changes = preset === undefined ? {} : CHANGES[preset];
  return { ...STANDARD, ...changes, mapping: { ...STANDARD.mapping, ...changes.mapping } };
}

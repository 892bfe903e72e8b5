import { describe, expect, it } from 'vitest';
import { binding, compileManifests, source, summaries } from './compile.fixture.ts';

const SPIFFE = source('shop/spire', 'preset: SPIFFE, issuer: "https://spire.example", audiences: [a]');
const IDP = source('shop/idp', 'issuer: "https://idp.example", audiences: [a]');
const foundIn = (spec: string) => summaries(compileManifests([SPIFFE, IDP, binding('shop/api', spec)]));

const SCOPES = 'rules: [{require: {scopes: {allOf: [read]}}}]';
const unmeetable = (field: string) => [`warning RequirementUnmeetable spec.${field}`];

describe('scopes and roles that a rule asks for', () => {
  it.each([
    [
      'of a source that gives none',
      `sources: [{name: spire}], ${SCOPES}`,
      unmeetable('rules[0].require.scopes'),
    ],
    [
      'where any would do',
      'sources: [{name: spire}], rules: [{require: {roles: {anyOf: [a, b]}}}]',
      unmeetable('rules[0].require.roles'),
    ],
    [
      'of the one that gives none of two',
      'sources: [{name: spire}, {name: idp}], rules: [{sources: [spire], require: {scopes: {allOf: [read]}}}, {require: {scopes: {allOf: [read]}}}]',
      unmeetable('rules[0].require.scopes'),
    ],
    ['of a source that gives them', `sources: [{name: idp}], ${SCOPES}`, []],
    ['of two, of which one gives them', `sources: [{name: spire}, {name: idp}], ${SCOPES}`, []],
    [
      'that nobody may have',
      'sources: [{name: spire}], rules: [{require: {scopes: {noneOf: [banned]}}}]',
      [],
    ],
    [
      'of whom nobody is let in',
      'sources: [{name: spire}], rules: [{authentication: Deny, require: {scopes: {allOf: [read]}}}]',
      [],
    ],
    ['that nobody asks for', 'sources: [{name: spire}], rules: [{}]', []],
  ])('%s', (_, spec, found) => {
    expect(foundIn(spec).filter((one) => one.includes('RequirementUnmeetable'))).toEqual(found);
  });

  it('are not judged where a source is missing, which may give them', () => {
    expect(foundIn(`sources: [{name: spire}, {name: nowhere}], ${SCOPES}`)).toEqual([
      'error SourceNotPermitted spec.sources[1]',
    ]);
  });
});

it('scopes that the metadata tells, and no source gives', () => {
  const resource = 'hosts: [h.example], resource: {identifier: "https://h.example/x", scopes: [read]}';
  expect(foundIn(`sources: [{name: spire}], ${resource}`)).toEqual(unmeetable('resource.scopes'));
  expect(foundIn(`sources: [{name: spire}, {name: idp}], ${resource}`)).toEqual([]);
  expect(foundIn(`sources: [{name: spire}], ${resource.replace(', scopes: [read]', '')}`)).toEqual([]);
});

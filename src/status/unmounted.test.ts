import { describe, expect, it } from 'vitest';
import { neededKeys } from '../injection/volumes.ts';
import type { PortTls } from '../sidecar/port-tls.ts';
import { missingTexts, readUnmounted } from './unmounted.ts';

/** As the kubelet begins it. */
const note = (problem: string) => `MountVolume.SetUp failed for volume "portcullis-tls" : ${problem}`;
const API: PortTls = { secretName: 'api', ca: { configMap: 'ca', key: 'ca.crt' } };
const said = (problem: string, tls: readonly PortTls[] = [API]): readonly string[] => {
  const unmounted = readUnmounted(note(problem));
  return unmounted === undefined ? [] : missingTexts(unmounted, tls.flatMap(neededKeys), 'shop');
};

describe('what a pod waits for, as the kubelet says it', () => {
  it.each<[string, readonly string[]]>([
    ['secret "api" not found', ['Secret shop/api, which is not there']],
    ['secrets "api" not found', ['Secret shop/api, which is not there']],
    ['configmap "ca" not found', ['ConfigMap shop/ca, which is not there']],
    [
      '[secret "api" not found, configmap "ca" not found]',
      ['ConfigMap shop/ca, which is not there', 'Secret shop/api, which is not there'],
    ],
    ['references non-existent secret key: tls.key', ['Secret shop/api, which has no key tls.key']],
    ['configmap references non-existent config key: ca.crt', ['ConfigMap shop/ca, which has no key ca.crt']],
    [
      '[references non-existent secret key: tls.crt, configmap "ca" not found]',
      ['ConfigMap shop/ca, which is not there', 'Secret shop/api, which has no key tls.crt'],
    ],
  ])('%s', (problem, expected) => {
    expect(said(problem)).toEqual(expected);
  });

  it('does not say which of two Secrets lacks a key where the kubelet does not', () => {
    const both = [API, { secretName: 'web' }];
    expect(said('references non-existent secret key: tls.key', both)).toEqual([
      'one of Secret shop/api, Secret shop/web, which has no key tls.key',
    ]);
    // What is not there at all lacks no key.
    expect(said('[secret "web" not found, references non-existent secret key: tls.key]', both)).toEqual([
      'Secret shop/api, which has no key tls.key',
      'Secret shop/web, which is not there',
    ]);
    expect(said('references non-existent secret key: tls.key', [API, { secretName: 'api' }])).toEqual([
      'Secret shop/api, which has no key tls.key',
    ]);
  });

  it('asks a ConfigMap only for the key that is named of it', () => {
    const two: readonly PortTls[] = [API, { ca: { configMap: 'other', key: 'b.crt' } }];
    expect(said('configmap references non-existent config key: b.crt', two)).toEqual([
      'ConfigMap shop/other, which has no key b.crt',
    ]);
  });

  it.each([
    ['what the pod does not mount', 'secret "other" not found'],
    ['a key that is not mounted', 'references non-existent secret key: password'],
    ['another problem', 'failed to sync secret cache: timed out waiting for the condition'],
    ['words of somebody else', 'secret "api" not found; see https://evil.example'],
  ])('nothing of %s', (_, problem) => {
    expect(said(problem)).toEqual([]);
  });
});

it.each([
  ['another volume', 'MountVolume.SetUp failed for volume "data" : secret "api" not found'],
  ['something else', 'Unable to attach or mount volumes: unmounted volumes=[portcullis-tls]'],
  ['what is longer than any Event', note(`${'x'.repeat(100_000)} secret "api" not found`)],
])('a note about %s is none', (_, text) => {
  expect(readUnmounted(text)).toBeUndefined();
});

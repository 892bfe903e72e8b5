// The page of identity providers is there to copy from: every manifest on it must be one that works.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../src/compiler/compile.ts';
import { createAuthority } from '../src/issuers/testing/certificates.ts';
import { readManifests } from '../src/resources/manifests.ts';
import { PRESETS } from '../src/resources/presets.ts';

const page = readFileSync(new URL('../docs/identity-providers.md', import.meta.url), 'utf8');

/** The YAML blocks, those in lists too, without their indentation. */
const blocks = [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].map(
  ([, indentation = '', block = '']) => block.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
);

/** What the page tells to create besides. */
const companions = async () => `---
apiVersion: v1
kind: Secret
metadata: {name: token-secret, namespace: shop}
stringData: {secret: "${Buffer.alloc(32, 7).toString('base64')}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: keycloak-ca, namespace: shop}
data: {ca.crt: ${JSON.stringify((await createAuthority('Private CA')).certificate)}}
`;

async function compiled(block: string) {
  const { set, findings } = readManifests('page.yaml', block + (await companions()));
  const result = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: false,
    secretRevision: () => 'revision',
  });
  return { result, findings: [...findings, ...result.findings] };
}

it('there is a manifest for every provider', () => {
  const presets = blocks.flatMap((block) => /preset: (\w+)/.exec(block)?.[1] ?? []);
  expect(new Set(presets)).toEqual(new Set(PRESETS));
  expect(blocks).toHaveLength(14);
});

it('kubectl, which reads YAML 1.1, reads the same', () => {
  for (const block of blocks) expect(parse(block, { version: '1.1' })).toEqual(parse(block));
});

/** An SVID need not say who issued it, and lint says what that means. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = { spiffe: ['IssuerUnchecked'] };

describe('without a finding that is not meant', () => {
  it.each(blocks.map((block) => ({ name: /metadata: \{name: ([\w-]+)/.exec(block)?.[1], block })))(
    '$name',
    async (it) => {
      const { result, findings } = await compiled(it.block);
      expect(findings.map(({ reason }) => reason)).toEqual(EXPECTED[it.name ?? ''] ?? []);
      expect([...result.sources]).toEqual([[`shop/${it.name}`, { kind: 'accepted' }]]);
    },
  );
});

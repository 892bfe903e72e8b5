import { describe, expect, it } from 'vitest';
import { billOfMaterials, debPurl, npmPurl, type Part } from './sbom.ts';

describe('the bill of materials', () => {
  const part = (name: string, rest: Partial<Part> = {}): Part => ({
    kind: 'npm',
    name,
    version: '1.0.0',
    purl: npmPurl(name, '1.0.0'),
    ...rest,
  });

  it('is the same whatever the order, and names a part once', () => {
    const forth = billOfMaterials('0.1.0', [part('a'), part('b'), part('a')], 0);
    expect(billOfMaterials('0.1.0', [part('b'), part('a')], 0)).toBe(forth);
    expect(JSON.parse(forth)).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        timestamp: '1970-01-01T00:00:00.000Z',
        component: { name: 'portcullis', version: '0.1.0' },
      },
      components: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('says of a part what is known', () => {
    const node = part('node', { kind: 'program', purl: 'pkg:generic/node@1.0.0', cpe: 'cpe:2.3:a:x' });
    const { components } = JSON.parse(billOfMaterials('0.1.0', [node, part('pino', { license: 'MIT' })], 0));
    expect(components).toEqual([
      {
        type: 'application',
        'bom-ref': node.purl,
        name: 'node',
        version: '1.0.0',
        purl: node.purl,
        cpe: 'cpe:2.3:a:x',
      },
      {
        type: 'library',
        'bom-ref': 'pkg:npm/pino@1.0.0',
        name: 'pino',
        version: '1.0.0',
        licenses: [{ expression: 'MIT' }],
        purl: 'pkg:npm/pino@1.0.0',
      },
    ]);
  });

  it('names packages as their ecosystems do', () => {
    expect(debPurl('libstdc++6', '1:14.2-19', 'amd64', 'debian-13')).toBe(
      'pkg:deb/debian/libstdc%2B%2B6@1%3A14.2-19?arch=amd64&distro=debian-13',
    );
  });
});

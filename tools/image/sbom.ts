/** The image's bill of materials, in CycloneDX 1.6: what is in it, in which version, under which licence. */

export interface Part {
  readonly kind: 'npm' | 'deb' | 'program';
  readonly name: string;
  readonly version: string;
  /** As SPDX spells it; undefined = the package does not say it in one word. */
  readonly license?: string | undefined;
  /** Of the part's ecosystem: scanners look it up by this name. */
  readonly purl: string;
  /** For what is in no package registry: the name that vulnerabilities are filed under. */
  readonly cpe?: string;
}

/** One part once, and in one order, whatever the order in which they were found. */
export function billOfMaterials(version: string, parts: readonly Part[], seconds: number): string {
  const unique = new Map(parts.map((part) => [part.purl, part]));
  const components = [...unique.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1)).map(component);
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: 'container',
        name: 'portcullis',
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function component({ kind, name, version, license, purl, cpe }: Part) {
  return {
    type: kind === 'program' ? 'application' : 'library',
    'bom-ref': purl,
    name,
    version,
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    purl,
    ...(cpe !== undefined && { cpe }),
  };
}

/** The package's name is percent-encoded, a scope's at-sign with it. */
export const npmPurl = (name: string, version: string): string =>
  `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;

export const debPurl = (name: string, version: string, architecture: string, release: string): string =>
  `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=${release}`;
